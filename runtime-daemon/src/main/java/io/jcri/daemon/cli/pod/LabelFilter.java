package io.jcri.daemon.cli.pod;

import java.util.List;
import java.util.Map;

/** {@code --label key=value}, or {@code --label key} for whatever value; all of them must fit. */
final class LabelFilter {
  private LabelFilter() {}

  static boolean fits(List<String> wanted, Map<String, String> labels) {
    return wanted.stream().allMatch(each -> fits(each, labels));
  }

  private static boolean fits(String wanted, Map<String, String> labels) {
    int equals = wanted.indexOf('=');
    return equals < 0
        ? labels.containsKey(wanted)
        : wanted.substring(equals + 1).equals(labels.get(wanted.substring(0, equals)));
  }
}
