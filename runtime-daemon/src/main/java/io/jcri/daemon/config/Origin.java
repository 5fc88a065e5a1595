package io.jcri.daemon.config;

/**
 * Where a value comes from.
 *
 * @param source a file, a flag, or {@code default}
 * @param line of the file; 0 for what has no lines
 */
public record Origin(String source, int line) {
  static final Origin DEFAULT = new Origin("default", 0);

  /** Of the command line. */
  public static Origin flag(String name) {
    return new Origin(name, 0);
  }

  /** Whether nobody has said it. */
  public boolean isDefault() {
    return equals(DEFAULT);
  }

  /** As compilers and editors have it. */
  @Override
  public String toString() {
    return line == 0 ? source : source + ":" + line;
  }
}
