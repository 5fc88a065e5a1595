package io.jcri.daemon.migrate;

import io.jcri.oci.distribution.config.GoDuration;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Makes a value of jcri's of one of the source's, by the kind that a rule names. */
final class Conversion {
  private Conversion() {}

  /**
   * Carries one setting over.
   *
   * @param target {@code table.key KIND}, and for {@code choice} the pairs {@code theirs=ours}
   */
  static void carry(Setting setting, String target, Draft draft) {
    String[] words = target.split(" ", -1);
    int dot = words[0].indexOf('.');
    String table = dot < 0 ? "" : words[0].substring(0, dot);
    Optional<Object> value =
        switch (words[1]) {
          case "text", "flag", "list" -> Optional.of(setting.value());
          case "path" -> path(setting.text());
          case "number" -> number(setting.value());
          case "not" ->
              setting.value() instanceof Boolean flag ? Optional.of(!flag) : Optional.empty();
          case "mebibytes" -> mebibytes(setting.value());
          case "seconds" -> seconds(setting.value());
          case "choice" -> choice(setting.value(), List.of(words).subList(2, words.length));
          default -> throw new IllegalStateException("no kind of value: " + target);
        };
    if (value.isEmpty()) {
      draft.lose(setting, "jcri's %s has no such value".formatted(words[0]));
    } else {
      draft.set(table, words[0].substring(dot + 1), value.get(), setting);
    }
  }

  /** Without a slash at the end. */
  static Optional<Object> path(String text) {
    try {
      return text.isEmpty() ? Optional.empty() : Optional.of(Path.of(text).normalize().toString());
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  /** A number, which may be a text. */
  static Optional<Object> number(Object value) {
    return switch (value) {
      case Long number -> Optional.of(number);
      case String text when text.matches("[0-9]{1,9}") -> Optional.of(Long.valueOf(text));
      default -> Optional.empty();
    };
  }

  /** A number of bytes in MiB, of which there is at least one. */
  static Optional<Object> mebibytes(Object value) {
    return value instanceof Long bytes && bytes > 0
        ? Optional.of((bytes + (1 << 20) - 1) >> 20)
        : Optional.empty();
  }

  /**
   * A duration as Go writes it, in whole seconds, of which there is at least one if any time is.
   */
  static Optional<Object> seconds(Object value) {
    if (!(value instanceof String text)) {
      return Optional.empty();
    }
    return GoDuration.parse(text)
        .filter(Duration::isPositive)
        .map(time -> (time.toMillis() + 999) / 1000)
        .map(Object.class::cast);
  }

  private static Optional<Object> choice(Object value, List<String> pairs) {
    String theirs = String.valueOf(value);
    return pairs.stream()
        .filter(pair -> pair.startsWith(theirs + "="))
        .<Object>map(pair -> pair.substring(theirs.length() + 1))
        .findFirst();
  }
}
