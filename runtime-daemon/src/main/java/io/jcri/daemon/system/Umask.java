package io.jcri.daemon.system;

import io.jcri.sandbox.linux.ProcessCalls;

/**
 * The permissions that no file of ours has unless they are given by name. Whoever starts the daemon
 * may have any mask; with 0 everybody could write to what it makes, with 077 nobody but root could
 * read what containers must.
 */
public final class Umask {
  private static final int USUAL = 0022;

  private Umask() {}

  /** To be called before the first file is made: it holds for the process, and its children. */
  public static void set(ProcessCalls calls) {
    int _ = calls.umask(USUAL);
  }
}
