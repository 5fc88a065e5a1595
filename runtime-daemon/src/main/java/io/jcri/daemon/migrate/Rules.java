package io.jcri.daemon.migrate;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What becomes of the settings that need no thought, by a table of lines, the first that fits:
 *
 * <pre>
 * path/of/key = VALUE | VALUE -> table.key KIND    is carried over ({@link Conversion})
 * path/of/key = VALUE | VALUE : reason             has no counterpart
 * path/of/key = VALUE | VALUE ~ reason             has none and needs none
 * path/of/key -                                    says nothing to jcri, and nobody asks
 * </pre>
 *
 * A {@code *} stands for a name or what is left of it, {@code **} for all that is below, which is
 * told once. The values are those of which nothing is told since they are the source's own
 * defaults; without any, those that mean "not set".
 */
final class Rules {
  private static final Pattern RULE = Pattern.compile("(\\S+)(?: = (.*?))? (?:(->|:|~) (.*)|(-))");
  private static final String ALL = "**";

  /**
   * @param names of the path, the last may be {@code **}
   * @param target or the reason, or empty
   */
  private record Rule(List<String> names, List<String> values, String kind, String target) {

    boolean fits(List<String> path) {
      boolean all = names.getLast().equals(ALL);
      int fixed = all ? names.size() - 1 : names.size();
      if (all ? path.size() < fixed : path.size() != fixed) {
        return false;
      }
      for (int i = 0; i < fixed; i++) {
        String name = names.get(i);
        if (name.endsWith("*")
            ? !path.get(i).startsWith(name.substring(0, name.length() - 1))
            : !path.get(i).equals(name)) {
          return false;
        }
      }
      return true;
    }

    boolean silent(Setting setting) {
      return kind.equals("-")
          || (values.isEmpty()
              ? setting.idle() && !kind.equals("->")
              : values.contains(TomlText.value(setting.value())));
    }

    Finding.Weight weight() {
      return kind.equals(":") ? Finding.Weight.LEFT_OUT : Finding.Weight.NOT_NEEDED;
    }

    /** How many names of a path are what is told of. */
    int told(List<String> path) {
      return names.getLast().equals(ALL) ? Math.min(path.size(), names.size() - 1) : path.size();
    }
  }

  private final List<Rule> rules;
  private final String unknown;

  private Rules(List<Rule> rules, String unknown) {
    this.rules = List.copyOf(rules);
    this.unknown = unknown;
  }

  /**
   * Reads the table of a source.
   *
   * @param name of the resource
   * @param unknown what is told of a key that no rule fits
   */
  static Rules read(String name, String unknown) {
    try (InputStream in = Rules.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is missing from the installation");
      }
      List<Rule> rules = new ArrayList<>();
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      // A reason may go on in the next line, which is set in.
      for (String line : text.replaceAll("\\n +", " ").lines().toList()) {
        if (!line.isBlank() && !line.startsWith("#")) {
          rules.add(rule(line));
        }
      }
      return new Rules(rules, unknown);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Rule rule(String line) {
    Matcher matcher = RULE.matcher(line);
    if (!matcher.matches()) {
      throw new IllegalStateException("no rule: " + line);
    }
    String values = matcher.group(2);
    String target = matcher.group(4);
    return new Rule(
        List.of(matcher.group(1).split("/", -1)),
        values == null ? List.of() : List.of(values.split(" \\| ", -1)),
        matcher.group(5) == null ? matcher.group(3) : "-",
        target == null ? "" : target);
  }

  /** Deals with all that is left. */
  void apply(Settings settings, Draft draft) {
    Set<List<String>> told = new HashSet<>();
    for (Setting setting : settings.all()) {
      Rule rule = rules.stream().filter(one -> one.fits(setting.path())).findFirst().orElse(null);
      if (rule == null) {
        if (!setting.idle()) {
          draft.lose(setting, unknown);
        }
      } else if (!rule.silent(setting)) {
        if (rule.kind.equals("->")) {
          Conversion.carry(setting, rule.target, draft);
        } else {
          int below = setting.path().size() - rule.told(setting.path());
          Setting about = below == 0 ? setting : table(setting, below);
          if (told.add(about.path())) {
            draft.tell(Finding.of(about, rule.target, rule.weight()));
          }
        }
      }
    }
  }

  /** The table that a setting is in, so many levels up. */
  private static Setting table(Setting setting, int levels) {
    List<String> path = setting.path().subList(0, setting.path().size() - levels);
    List<String> written =
        setting.written().subList(0, Math.max(1, setting.written().size() - levels));
    return new Setting(path, written, Map.of(), setting.origin());
  }
}
