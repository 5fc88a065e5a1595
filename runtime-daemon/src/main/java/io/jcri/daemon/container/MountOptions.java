package io.jcri.daemon.container;

import io.jcri.daemon.core.JcriException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What {@code Mount.mount_options} may say. The API's comment lists noexec, nodev and nosuid; here
 * are these, their opposites, and the other options of a bind mount that change nothing but how
 * files are used. What CRI has a field for (read-only, propagation, id mapping) is not among them,
 * so that the field always tells the truth.
 */
public final class MountOptions {

  /** What each option is about: two different ones about the same contradict each other. */
  private static final Map<String, String> SUBJECTS =
      Map.ofEntries(
          Map.entry("noexec", "exec"),
          Map.entry("exec", "exec"),
          Map.entry("nodev", "dev"),
          Map.entry("dev", "dev"),
          Map.entry("nosuid", "suid"),
          Map.entry("suid", "suid"),
          Map.entry("noatime", "atime"),
          Map.entry("relatime", "atime"),
          Map.entry("strictatime", "atime"),
          Map.entry("nodiratime", "diratime"),
          Map.entry("diratime", "diratime"),
          Map.entry("nosymfollow", "symfollow"),
          Map.entry("symfollow", "symfollow"));

  private MountOptions() {}

  /**
   * Refuses what is unknown, and what contradicts itself. The same option twice is fine.
   *
   * @param where the mount and the field, for messages
   * @throws JcriException INVALID naming the options at fault
   */
  public static void check(String where, List<String> options) {
    Set<String> seen = new HashSet<>();
    for (String option : options) {
      String subject = SUBJECTS.get(option);
      if (subject == null) {
        throw JcriException.invalid(
            "%s: \"%s\" is none of %s"
                .formatted(where, option, SUBJECTS.keySet().stream().sorted().toList()));
      }
      for (String other : seen) {
        if (!other.equals(option) && subject.equals(SUBJECTS.get(other))) {
          throw JcriException.invalid(
              "%s: \"%s\" contradicts \"%s\"".formatted(where, option, other));
        }
      }
      seen.add(option);
    }
  }
}
