package io.jcri.oci.spec;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Joins the image's environment with the pod's. */
public final class ProcessEnv {

  /** What an image without a PATH gets. */
  public static final String DEFAULT_PATH =
      "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  private ProcessEnv() {}

  /**
   * The environment, each name once: the container's beats the image's, which beats the node's.
   * Names keep the place of their first mention, as later values may refer to earlier ones in some
   * shells' eyes.
   *
   * @param hostname the pod's
   * @param node {@code KEY=value}; it beats what every container has
   * @param image {@code KEY=value}; an entry without {@code =} is skipped
   * @param container {@code KEY=value}
   */
  public static List<String> merge(
      String hostname,
      boolean terminal,
      List<String> node,
      List<String> image,
      List<String> container) {
    Map<String, String> merged = new LinkedHashMap<>();
    merged.put("PATH", "PATH=" + DEFAULT_PATH);
    merged.put("HOSTNAME", "HOSTNAME=" + hostname);
    if (terminal) {
      merged.put("TERM", "TERM=xterm");
    }
    node.forEach(entry -> put(merged, entry));
    image.forEach(entry -> put(merged, entry));
    container.forEach(entry -> put(merged, entry));
    return List.copyOf(merged.values());
  }

  private static void put(Map<String, String> into, String entry) {
    int equals = entry.indexOf('=');
    if (equals > 0) {
      into.put(entry.substring(0, equals), entry);
    }
  }
}
