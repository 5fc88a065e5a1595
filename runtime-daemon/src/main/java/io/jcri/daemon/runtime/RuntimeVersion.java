package io.jcri.daemon.runtime;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code --version} tells: {@code runc version 1.1.5+ds1}, {@code crun version 1.8.1}.
 *
 * @param name the program's own name, whatever its file is called
 */
record RuntimeVersion(String name, int major, int minor) {
  /** A runtime that told nothing: none of the features that depend on a version. */
  static final RuntimeVersion UNKNOWN = new RuntimeVersion("", 0, 0);

  private static final Pattern LINE =
      Pattern.compile("(\\S+) version (\\d{1,4})\\.(\\d{1,4}).*", Pattern.DOTALL);

  static RuntimeVersion parse(String line) {
    Matcher matcher = LINE.matcher(line);
    return matcher.matches()
        ? new RuntimeVersion(
            matcher.group(1),
            Integer.parseInt(matcher.group(2)),
            Integer.parseInt(matcher.group(3)))
        : UNKNOWN;
  }

  /** {@code exec --cgroup}: runc since 1.1, crun since 1.8 and on cgroup v2 only. */
  boolean execCgroup(boolean cgroupV2) {
    return switch (name) {
      case "runc" -> atLeast(1, 1);
      case "crun" -> cgroupV2 && atLeast(1, 8);
      default -> false;
    };
  }

  private boolean atLeast(int wantedMajor, int wantedMinor) {
    return major > wantedMajor || (major == wantedMajor && minor >= wantedMinor);
  }
}
