package io.jcri.daemon.migrate;

import java.util.Comparator;

/**
 * A setting that is not in the result, or not as it was.
 *
 * @param weight what that means for the node
 */
public record Finding(Origin where, String key, String value, String reason, Weight weight) {
  /** What it means that a setting is not in the result. */
  public enum Weight {
    /** Something is other than it was. */
    LEFT_OUT(""),
    /** jcri does without it. */
    NOT_NEEDED("not needed: "),
    /** It is in the result, and there is something to know. */
    NOTE("note: ");

    private final String prefix;

    Weight(String prefix) {
      this.prefix = prefix;
    }
  }

  /** As the lines of one file come, file by file. */
  static final Comparator<Finding> ORDER =
      Comparator.comparing((Finding one) -> one.where.file())
          .thenComparingInt(one -> one.where.line())
          .thenComparing(Finding::key);

  static Finding of(Setting setting, String reason, Weight weight) {
    return new Finding(setting.origin(), setting.key(), setting.shown(), reason, weight);
  }

  /** One line: {@code file:line: key = value: reason}. */
  public String line() {
    String set = value.isEmpty() ? key : key + " = " + value;
    return "%s: %s: %s%s".formatted(where, set, weight.prefix, reason);
  }
}
