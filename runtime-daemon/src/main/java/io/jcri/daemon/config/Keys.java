package io.jcri.daemon.config;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tomlj.TomlArray;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/** One table of the file: typed look-ups that note what is wrong and which keys were asked for. */
final class Keys {
  private final TomlTable table;
  private final String prefix;
  private final List<String> problems;
  private final Set<String> known = new HashSet<>();

  /** As many as a shim passes on to its runtime. */
  private static final int MOST_OPTIONS = 32;

  Keys(TomlTable table, String prefix, List<String> problems) {
    this.table = table;
    this.prefix = prefix;
    this.problems = problems;
  }

  List<String> names() {
    return List.copyOf(table.keySet());
  }

  @Nullable Keys table(String key) {
    @Nullable TomlTable value = typed(key, TomlTable.class, "a table");
    return value == null ? null : new Keys(value, prefix + key + ".", problems);
  }

  String text(String key, String fallback) {
    return Objects.requireNonNullElse(typed(key, String.class, "a string"), fallback);
  }

  String oneOf(String key, String fallback, String... allowed) {
    String value = text(key, fallback);
    if (!List.of(allowed).contains(value)) {
      problem(key, "is \"%s\" but must be one of %s".formatted(value, List.of(allowed)));
    }
    return value;
  }

  /** An IP address, which no name service is asked for. */
  String address(String key, String fallback) {
    String value = text(key, fallback);
    if (parse(value) == null) {
      problem(key, "is \"%s\" but must be an IP address".formatted(value));
      return fallback;
    }
    return value;
  }

  static boolean loopback(String address) {
    @Nullable InetAddress parsed = parse(address);
    return parsed != null && parsed.isLoopbackAddress();
  }

  private static @Nullable InetAddress parse(String address) {
    try {
      return InetAddress.ofLiteral(address);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  Path path(String key, Path fallback) {
    return absolute(key, text(key, fallback.toString()));
  }

  /** Empty for an empty text. */
  Optional<Path> optionalPath(String key, Optional<Path> fallback) {
    String text = text(key, fallback.map(Path::toString).orElse(""));
    return text.isEmpty() ? Optional.empty() : Optional.of(absolute(key, text));
  }

  List<Path> paths(String key, List<Path> fallback) {
    return texts(key, fallback.stream().map(Path::toString).toList()).stream()
        .map(text -> absolute(key, text))
        .toList();
  }

  List<String> texts(String key, List<String> fallback) {
    @Nullable TomlArray array = typed(key, TomlArray.class, "a list of strings");
    if (array == null) {
      return fallback;
    }
    List<String> texts = new ArrayList<>();
    for (Object element : array.toList()) {
      if (element instanceof String text) {
        texts.add(text);
      } else {
        problem(key, "must be a list of strings");
      }
    }
    return texts;
  }

  List<String> someOf(String key, List<String> fallback, List<String> allowed) {
    List<String> values = texts(key, fallback);
    for (String value : values) {
      if (!allowed.contains(value)) {
        problem(key, "has \"%s\" but may only have %s".formatted(value, allowed));
      }
    }
    return values;
  }

  /** Words of a command line; none without the key. */
  List<String> options(String key) {
    List<String> words = texts(key, List.of());
    if (words.size() > MOST_OPTIONS) {
      problem(key, "has %d words, at most %d are passed on".formatted(words.size(), MOST_OPTIONS));
    }
    return words;
  }

  /** Patterns of names; none without the key. */
  List<String> patterns(String key) {
    List<String> patterns = texts(key, List.of());
    for (String pattern : patterns) {
      try {
        NamePattern _ = NamePattern.parse(pattern);
      } catch (IllegalArgumentException e) {
        problem(key, String.valueOf(e.getMessage()));
      }
    }
    return patterns;
  }

  boolean flag(String key, boolean fallback) {
    return Objects.requireNonNullElse(typed(key, Boolean.class, "true or false"), fallback);
  }

  int number(String key, int fallback, int least, int most) {
    @Nullable Long value = typed(key, Long.class, "a number");
    if (value == null) {
      return fallback;
    }
    if (value < least || value > most) {
      problem(key, "is %d but must be between %d and %d".formatted(value, least, most));
      return fallback;
    }
    return value.intValue();
  }

  Duration seconds(String key, Duration fallback) {
    return Duration.ofSeconds(number(key, (int) fallback.toSeconds(), 1, 24 * 3600));
  }

  void rejectUnknown() {
    for (String key : table.keySet()) {
      if (!known.contains(key)) {
        problem(key, "is not a key that jcri knows");
      }
    }
  }

  private Path absolute(String key, String text) {
    Path path = Path.of(text);
    if (!path.isAbsolute()) {
      problem(key, "is \"%s\" but must be an absolute path".formatted(text));
    }
    return path;
  }

  private <T> @Nullable T typed(String key, Class<T> type, String wanted) {
    known.add(key);
    @Nullable Object value = table.get(List.of(key));
    if (value == null || type.isInstance(value)) {
      return value == null ? null : type.cast(value);
    }
    problem(key, "must be " + wanted);
    return null;
  }

  /** Notes what is wrong with the value of a key. */
  void problem(String key, String what) {
    @Nullable TomlPosition position = table.inputPositionOf(List.of(key));
    String line = position == null ? "" : "line %d: ".formatted(position.line());
    problems.add(line + prefix + key + " " + what);
  }
}
