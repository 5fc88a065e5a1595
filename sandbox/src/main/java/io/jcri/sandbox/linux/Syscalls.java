package io.jcri.sandbox.linux;

/**
 * Every system call that jcri makes, typed: the one seam between it and the kernel. All methods may
 * be called from any thread, and those that can block for long leave a virtual thread's carrier
 * free. A refused call throws {@link ErrnoException}, which names the call's object.
 *
 * <p>Directory arguments are open descriptors or {@link Fd#CWD}. Names are coded by {@link
 * PathBytes}. Owners and groups are the kernel's 32 unsigned bits; -1 leaves one as it is. Modes
 * given to calls that make a file pass the process's umask.
 */
public interface Syscalls
    extends FileCalls, ExtentCalls, AttributeCalls, MountCalls, ProcessCalls {}
