package io.jcri.daemon.cri;

import java.util.Map;

/** Label selectors: every pair of the selector must be among the labels. */
final class Labels {
  private Labels() {}

  static boolean match(Map<String, String> selector, Map<String, String> labels) {
    return labels.entrySet().containsAll(selector.entrySet());
  }
}
