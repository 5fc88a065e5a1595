package io.jcri.daemon.log;

/** How lines are written. */
public enum LogFormat {
  TEXT,
  JSON;

  /** By the word in the configuration, which has been checked. */
  public static LogFormat of(String word) {
    return word.equals("json") ? JSON : TEXT;
  }
}
