package io.jcri.daemon.check;

/** What one thing means for pods. */
public enum Verdict {
  OK,

  /** Pods run, but something is missed, or will be. */
  WARN,

  /** Pods, or some of them, do not run. */
  FAIL,

  /** There was nothing to look at. */
  SKIPPED
}
