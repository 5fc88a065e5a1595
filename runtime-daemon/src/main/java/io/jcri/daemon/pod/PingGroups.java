package io.jcri.daemon.pod;

import io.jcri.sandbox.IdMapping;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The groups that may send pings. What the configuration says of them for all pods, usually "every
 * group", the kernel refuses in a user namespace that has not all of these groups.
 */
final class PingGroups {
  static final String NAME = "net.ipv4.ping_group_range";

  private static final Pattern RANGE = Pattern.compile("([0-9]{1,10})\\s+([0-9]{1,10})");

  private PingGroups() {}

  /** The same, up to the last group that a user namespace has. */
  static Map<String, String> within(Map<String, String> sysctls, List<IdMapping> groups) {
    Matcher range = RANGE.matcher(sysctls.getOrDefault(NAME, ""));
    long last =
        groups.stream().mapToLong(one -> one.containerId() + one.size() - 1).max().orElse(0);
    if (!range.matches() || Long.parseLong(range.group(2)) <= last) {
      return sysctls;
    }
    Map<String, String> fitting = new TreeMap<>(sysctls);
    fitting.put(NAME, Math.min(Long.parseLong(range.group(1)), last) + " " + last);
    return fitting;
  }
}
