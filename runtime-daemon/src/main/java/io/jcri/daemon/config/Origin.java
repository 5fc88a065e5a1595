package io.jcri.daemon.config;

/**
 * Where a value comes from.
 *
 * @param source a file, a flag, or {@code default}
 * @param line of the file; 0 for what has no lines
 */
public record Origin(String source, int line) {
  /** Nobody has said it. */
  public static final Origin DEFAULT = new Origin("default", 0);

  /** Of the command line. */
  public static Origin flag(String name) {
    return new Origin(name, 0);
  }

  /** As compilers and editors have it. */
  @Override
  public String toString() {
    return line == 0 ? source : source + ":" + line;
  }
}
