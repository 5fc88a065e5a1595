package io.jcri.oci.spec;

import io.jcri.oci.PlacedJson.Placed;
import java.util.Locale;
import java.util.Optional;

/**
 * A namespace that the container does not share with the daemon. A kind that is absent from the
 * list is the host's.
 *
 * @param path the pinned namespace to join; empty makes a new one
 */
public record Namespace(@Placed("type") Kind kind, Optional<String> path) {

  /** The namespaces that the runtime specification names. */
  public enum Kind {
    PID,
    NETWORK,
    IPC,
    UTS,
    MOUNT,
    USER,
    CGROUP,
    TIME;

    /** As config.json has it. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public static Namespace fresh(Kind kind) {
    return new Namespace(kind, Optional.empty());
  }

  public static Namespace join(Kind kind, String path) {
    return new Namespace(kind, Optional.of(path));
  }
}
