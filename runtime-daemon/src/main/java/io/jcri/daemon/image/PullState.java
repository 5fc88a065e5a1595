package io.jcri.daemon.image;

import io.jcri.daemon.system.Sizes;
import java.time.Instant;
import java.util.List;

/**
 * How a pull stands at one moment.
 *
 * @param reference in full
 * @param by who wants it, such as {@code CRI}
 * @param layers to fetch, from the lowest; none before that is known, or when nothing is missing
 */
public record PullState(String reference, String by, Instant since, List<OfLayer> layers) {

  /**
   * A layer on its way.
   *
   * @param received bytes of its blob
   * @param rate bytes a second, lately
   * @param done whether it is unpacked
   */
  public record OfLayer(String digest, long received, long total, long rate, boolean done) {}

  public long layersDone() {
    return layers.stream().filter(OfLayer::done).count();
  }

  public long received() {
    return layers.stream().mapToLong(OfLayer::received).sum();
  }

  public long total() {
    return layers.stream().mapToLong(OfLayer::total).sum();
  }

  /** Bytes a second, lately. */
  public long rate() {
    return layers.stream().mapToLong(OfLayer::rate).sum();
  }

  /** For the log. */
  String line() {
    return "pulling %s for %s: %d of %d layers, %s of %s, %s/s"
        .formatted(
            reference,
            by,
            layersDone(),
            layers.size(),
            Sizes.of(received()),
            Sizes.of(total()),
            Sizes.of(rate()));
  }
}
