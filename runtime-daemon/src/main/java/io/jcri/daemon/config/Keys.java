package io.jcri.daemon.config;

import java.net.InetAddress;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One table: typed look-ups that note what is wrong, which keys were asked for and what counts for
 * each.
 */
final class Keys {
  private static final Pattern BARE = Pattern.compile("[A-Za-z0-9_-]+");

  private final ConfigTree.Table table;
  private final String prefix;
  private final List<String> problems;
  private final Map<String, Setting> settings;
  private final Set<String> known = new LinkedHashSet<>();

  /** As many as a shim passes on to its runtime. */
  private static final int MOST_OPTIONS = 32;

  /** The whole configuration. */
  Keys(ConfigTree.Table table, List<String> problems, Map<String, Setting> settings) {
    this(table, "", problems, settings);
  }

  private Keys(
      ConfigTree.Table table, String prefix, List<String> problems, Map<String, Setting> settings) {
    this.table = table;
    this.prefix = prefix;
    this.problems = problems;
    this.settings = settings;
  }

  /** A part of a key as TOML wants it. */
  static String bare(String name) {
    return BARE.matcher(name).matches() ? name : Setting.quoted(name);
  }

  List<String> names() {
    return List.copyOf(table.children().keySet());
  }

  /** A table in this one; empty when it is not there. */
  Keys table(String key) {
    known.add(key);
    ConfigTree.Table child =
        switch (table.children().get(key)) {
          case null -> new ConfigTree.Table(Origin.DEFAULT);
          case ConfigTree.Table there -> there;
          case ConfigTree.Value _ -> {
            problem(key, "must be a table");
            yield new ConfigTree.Table(Origin.DEFAULT);
          }
        };
    return new Keys(child, prefix + bare(key) + ".", problems, settings);
  }

  String text(String key, String fallback) {
    @Nullable String text = typed(key, String.class, "a string");
    return noted(key, text == null || isGood(key, text) ? text : null, fallback);
  }

  /** A path, a program's name and an option end with a NUL for the kernel. */
  private boolean isGood(String key, String text) {
    boolean good = text.indexOf('\0') < 0;
    if (!good) {
      problem(key, "has a NUL character");
    }
    return good;
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

  /** Addresses with their prefix lengths, separated by commas; empty for none. */
  String cidrs(String key, String fallback) {
    String value = text(key, fallback);
    for (String part : value.isEmpty() ? new String[0] : value.split(",", -1)) {
      if (!isCidr(part.strip())) {
        problem(key, "has \"%s\", which is no CIDR such as 10.1.0.0/24".formatted(part));
      }
    }
    return value;
  }

  /** Network, gateway, one pod and broadcast must fit. */
  private static boolean isCidr(String text) {
    int slash = text.indexOf('/');
    @Nullable InetAddress address = slash < 0 ? null : parse(text.substring(0, slash));
    if (address == null || !text.substring(slash + 1).matches("[0-9]{1,3}")) {
      return false;
    }
    int prefix = Integer.parseInt(text.substring(slash + 1));
    return prefix >= 1 && prefix <= address.getAddress().length * 8 - 2;
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
    @Nullable List<?> list = typed(key, List.class, "a list of strings");
    if (list == null) {
      return noted(key, null, fallback);
    }
    List<String> texts = new ArrayList<>();
    for (Object element : list) {
      if (element instanceof String text) {
        if (isGood(key, text)) {
          texts.add(text);
        }
      } else {
        problem(key, "must be a list of strings");
      }
    }
    return noted(key, texts, fallback);
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
    return noted(key, typed(key, Boolean.class, "true or false"), fallback);
  }

  int number(String key, int fallback, int least, int most) {
    @Nullable Long value = typed(key, Long.class, "a number");
    long effective = noted(key, value, (long) fallback);
    if (value == null) {
      return fallback;
    }
    if (value < least || value > most) {
      problem(key, "is %d but must be between %d and %d".formatted(value, least, most));
      return fallback;
    }
    return (int) effective;
  }

  Duration seconds(String key, Duration fallback) {
    return Duration.ofSeconds(number(key, (int) fallback.toSeconds(), 1, 24 * 3600));
  }

  void rejectUnknown() {
    for (String key : table.children().keySet()) {
      if (!known.contains(key)) {
        problem(
            key,
            "is not a key that jcri knows"
                + KnownKeys.nearest(prefix, key, known)
                    .map(", did you mean %s?"::formatted)
                    .orElse(""));
      }
    }
  }

  private Path absolute(String key, String text) {
    try {
      Path path = Path.of(text);
      if (!path.isAbsolute()) {
        problem(key, "is \"%s\" but must be an absolute path".formatted(text));
      }
      return path;
    } catch (InvalidPathException e) {
      problem(key, "is \"%s\", which is no path: %s".formatted(text, e.getReason()));
      return Path.of("/");
    }
  }

  private <T> @Nullable T typed(String key, Class<T> type, String wanted) {
    known.add(key);
    return switch (table.children().get(key)) {
      case null -> null;
      case ConfigTree.Value there when type.isInstance(there.value()) -> type.cast(there.value());
      case ConfigTree.Node _ -> {
        problem(key, "must be " + wanted);
        yield null;
      }
    };
  }

  private <T> T noted(String key, @Nullable T value, T fallback) {
    T effective = value == null ? fallback : value;
    ConfigTree.@Nullable Node node = value == null ? null : table.children().get(key);
    settings.put(
        prefix + key, new Setting(effective, node == null ? Origin.DEFAULT : node.origin()));
    return effective;
  }

  /** Notes what is wrong with the value of a key. */
  void problem(String key, String what) {
    problems.add(place(key) + prefix + bare(key) + " " + what);
  }

  /** Where the key is, or else where another one is that counts for it; empty for neither. */
  String place(String... keys) {
    for (String key : keys) {
      ConfigTree.@Nullable Node node = table.children().get(key);
      if (node != null) {
        return node.origin() + ": ";
      }
    }
    return "";
  }
}
