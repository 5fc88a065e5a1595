package io.jcri.daemon.admin;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What the verbs about pulls are about; sizes are bytes as the registry has them. */
public final class PullMessages {
  private PullMessages() {}

  /**
   * For {@code pull}.
   *
   * @param user empty to ask as nobody
   * @param platform such as {@code linux/arm64/v8}, empty for the node's
   */
  public record Pull(
      String reference,
      Optional<String> user,
      Optional<String> password,
      Optional<String> platform) {
    @Override
    public String toString() {
      return "Pull[" + reference + "]";
    }
  }

  /** For {@code pulls}: nothing to say. */
  public record All() {}

  /**
   * A layer on its way.
   *
   * @param rate bytes a second, lately
   * @param done whether it is unpacked
   */
  public record Layer(String digest, long received, long total, long rate, boolean done) {}

  /**
   * How a pull goes on, and how it has ended.
   *
   * @param reference in full
   * @param layers to fetch; none when all are here
   * @param id of the image, when it is here
   */
  public record Progress(String reference, List<Layer> layers, Optional<String> id) {}

  /** A pull under way. */
  public record Row(
      String reference,
      String by,
      Instant since,
      long layersDone,
      long layers,
      long received,
      long total,
      long rate) {}
}
