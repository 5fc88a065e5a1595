package io.jcri.daemon.cli.pod;

import java.util.Optional;
import java.util.stream.Stream;

/** Who comes first in {@code jcri top}; each has a key. */
enum TopOrder {
  cpu,
  memory,
  name;

  /** By the first letter of its name. */
  static Optional<TopOrder> of(int key) {
    return Stream.of(values()).filter(order -> order.name().charAt(0) == key).findFirst();
  }
}
