package io.jcri.cni;

/**
 * Whether pods can be given a network: CRI's {@code NetworkReady} condition.
 *
 * @param ready true when an attach can be expected to work
 * @param reason one CamelCase word; empty when ready
 * @param message what is wrong, naming file or plugin; when ready, empty or a warning
 */
public record NetworkStatus(boolean ready, String reason, String message) {
  /** The reason that containerd and CRI-O give too; tools look for it. */
  public static final String NOT_READY_REASON = "NetworkPluginNotReady";

  static NetworkStatus ready(String warning) {
    return new NetworkStatus(true, "", warning);
  }

  static NetworkStatus notReady(String message) {
    return new NetworkStatus(false, NOT_READY_REASON, message);
  }
}
