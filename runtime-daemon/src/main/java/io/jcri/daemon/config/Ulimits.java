package io.jcri.daemon.config;

import io.jcri.oci.spec.Rlimit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Limits of processes as Docker, Podman and CRI-O write them: {@code nofile=1024:524288}. */
final class Ulimits {
  private static final Pattern FORM =
      Pattern.compile("([a-z]+)=(-1|[0-9]{1,18})(?::(-1|[0-9]{1,18}))?");

  /** Those of getrlimit(2). */
  private static final Set<String> KINDS =
      Set.of(
          "as",
          "core",
          "cpu",
          "data",
          "fsize",
          "locks",
          "memlock",
          "msgqueue",
          "nice",
          "nofile",
          "nproc",
          "rss",
          "rtprio",
          "rttime",
          "sigpending",
          "stack");

  private static final int PREFIX = "RLIMIT_".length();

  private Ulimits() {}

  /**
   * Reads them.
   *
   * @throws IllegalArgumentException saying what is wrong with which
   */
  static List<Rlimit> parse(List<String> texts) {
    Set<String> kinds = new HashSet<>();
    List<Rlimit> limits = new ArrayList<>();
    for (String text : texts) {
      Rlimit limit = parse(text);
      if (!kinds.add(limit.type())) {
        throw bad(text, "which is not the only one of its kind");
      }
      limits.add(limit);
    }
    return limits;
  }

  private static Rlimit parse(String text) {
    Matcher parts = FORM.matcher(text);
    if (!parts.matches()) {
      throw bad(text, "which is no limit such as nofile=1024:524288");
    }
    if (!KINDS.contains(parts.group(1))) {
      throw bad(text, "and Linux has no limit " + parts.group(1));
    }
    long soft = Long.parseLong(parts.group(2));
    long hard = parts.group(3) == null ? soft : Long.parseLong(parts.group(3));
    // As unsigned numbers, of which -1 is the largest.
    if (Long.compareUnsigned(soft, hard) > 0) {
      throw bad(text, "whose soft limit is above the hard one");
    }
    return new Rlimit("RLIMIT_" + parts.group(1).toUpperCase(Locale.ROOT), hard, soft);
  }

  private static IllegalArgumentException bad(String text, String what) {
    return new IllegalArgumentException("has \"%s\", %s".formatted(text, what));
  }

  /** The texts of limits, which {@link #parse} reads again. */
  static List<String> texts(List<Rlimit> limits) {
    return limits.stream()
        .map(limit ->
            "%s=%d:%d"
                .formatted(
                    limit.type().substring(PREFIX).toLowerCase(Locale.ROOT),
                    limit.soft(),
                    limit.hard()))
        .toList();
  }
}
