package io.jcri.sandbox.linux;

/** The running kernel's {@link Syscalls}. Stateless; nothing is linked before the first call. */
public final class Linux
    implements Syscalls,
        LinuxFileCalls,
        LinuxNameCalls,
        LinuxExtentCalls,
        LinuxAttributeCalls,
        LinuxMountCalls,
        LinuxProcessCalls {
  private static final Linux INSTANCE = new Linux();

  private Linux() {}

  /** The one instance. */
  public static Linux get() {
    return INSTANCE;
  }
}
