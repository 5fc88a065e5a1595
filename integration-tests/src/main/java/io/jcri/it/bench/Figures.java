package io.jcri.it.bench;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What was measured of one runtime. Not thread-safe. */
final class Figures {
  private final Map<Figure, Samples> figures = new EnumMap<>(Figure.class);
  private final Map<String, Map<String, Samples>> calls = new LinkedHashMap<>();

  Samples of(Figure figure) {
    return figures.computeIfAbsent(figure, _ -> new Samples());
  }

  /** Returns what was measured, if anything was. */
  Optional<Samples> get(Figure figure) {
    return Optional.ofNullable(figures.get(figure)).filter(samples -> !samples.isEmpty());
  }

  /** The milliseconds of the single calls that a life of a pod of that kind consists of. */
  Map<String, Samples> calls(String kind) {
    return calls.computeIfAbsent(kind, _ -> new LinkedHashMap<>());
  }
}
