/**
 * The one home of system calls: a typed seam ({@link io.jcri.sandbox.linux.Syscalls}) and its one
 * implementation over java.lang.foreign.
 *
 * <p>Depends on nothing but the JDK. Everything goes through libc's {@code syscall(2)}, so a single
 * downcall handle is linked at start and no structure layout depends on the C library.
 */
@NullMarked
package io.jcri.sandbox.linux;

import org.jspecify.annotations.NullMarked;
