package io.jcri.daemon.system;

import io.jcri.sandbox.linux.ProcessCalls;

/**
 * What signals do to the daemon and what it starts. Whoever starts a daemon from a shell may have
 * some ignored, as nohup(1) has SIGHUP; every container would inherit that.
 */
public final class Signals {
  private static final int SIGHUP = 1;
  private static final int SIGINT = 2;
  private static final int SIGQUIT = 3;

  private Signals() {}

  /** To be called before handlers are set: the Java runtime sets none for what is ignored. */
  public static void heed(ProcessCalls calls) {
    for (int signal : new int[] {SIGHUP, SIGINT, SIGQUIT}) {
      boolean _ = calls.heed(signal);
    }
  }
}
