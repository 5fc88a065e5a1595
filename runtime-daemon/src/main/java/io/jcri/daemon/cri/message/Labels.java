package io.jcri.daemon.cri.message;

import java.util.Map;

/** Label selectors: every pair of the selector must be among the labels. */
public final class Labels {
  private Labels() {}

  public static boolean match(Map<String, String> selector, Map<String, String> labels) {
    return labels.entrySet().containsAll(selector.entrySet());
  }
}
