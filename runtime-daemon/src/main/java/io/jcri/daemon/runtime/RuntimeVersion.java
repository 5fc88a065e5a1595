package io.jcri.daemon.runtime;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code --version} tells: {@code runc version 1.1.5+ds1}, {@code crun version 1.8.1}, {@code
 * youki version: 0.7.0}.
 *
 * @param name the program's own name, whatever its file is called
 * @param candidate of {@code 1.4.0-rc.3} the 3; that of the release itself is higher than any
 */
record RuntimeVersion(String name, int major, int minor, int patch, int candidate) {
  private static final int RELEASE = 10_000;

  /** A runtime that told nothing: none of the features that depend on a version. */
  static final RuntimeVersion UNKNOWN = new RuntimeVersion("", 0, 0, 0, RELEASE);

  private static final Pattern LINE =
      Pattern.compile(
          "(\\S+) version:? (\\d{1,4})\\.(\\d{1,4})(?:\\.(\\d{1,4}))?(?:-rc\\.?(\\d{1,3}))?.*",
          Pattern.DOTALL);

  private static final Comparator<RuntimeVersion> AGE =
      Comparator.comparingInt(RuntimeVersion::major)
          .thenComparingInt(RuntimeVersion::minor)
          .thenComparingInt(RuntimeVersion::patch)
          .thenComparingInt(RuntimeVersion::candidate);

  static RuntimeVersion parse(String line) {
    Matcher matcher = LINE.matcher(line);
    return matcher.matches()
        ? new RuntimeVersion(
            matcher.group(1),
            Integer.parseInt(matcher.group(2)),
            Integer.parseInt(matcher.group(3)),
            matcher.group(4) == null ? 0 : Integer.parseInt(matcher.group(4)),
            matcher.group(5) == null ? RELEASE : Integer.parseInt(matcher.group(5)))
        : UNKNOWN;
  }

  /** {@code exec --cgroup}: runc since 1.1, crun since 1.8 and on cgroup v2 only. */
  boolean execCgroup(boolean cgroupV2) {
    return switch (name) {
      case "runc" -> atLeast(1, 1, 0);
      case "crun" -> cgroupV2 && atLeast(1, 8, 0);
      default -> false;
    };
  }

  /**
   * Why no container may be run with this one: its escapes (CVE-2019-5736, CVE-2021-30465) are
   * known for years, and no distribution that backports fixes has one so old.
   */
  Optional<String> refusal() {
    return switch (name) {
      case "runc" -> atLeast(1, 1, 0) ? Optional.empty() : tooOld("1.1.0");
      case "crun" -> atLeast(1, 0, 0) ? Optional.empty() : tooOld("1.0.0");
      default -> Optional.empty();
    };
  }

  private Optional<String> tooOld(String wanted) {
    return Optional.of("is version " + number() + ", which is older than " + wanted);
  }

  String number() {
    String release = major + "." + minor + "." + patch;
    return candidate == RELEASE ? release : release + "-rc." + candidate;
  }

  boolean sameLine(RuntimeVersion other) {
    return major == other.major && minor == other.minor;
  }

  boolean atLeast(RuntimeVersion other) {
    return AGE.compare(this, other) >= 0;
  }

  private boolean atLeast(int wantedMajor, int wantedMinor, int wantedPatch) {
    return atLeast(new RuntimeVersion(name, wantedMajor, wantedMinor, wantedPatch, 0));
  }
}
