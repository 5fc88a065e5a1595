package io.jcri.it.soak;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;

/**
 * The samples of one run, in order.
 *
 * @param name for the report
 */
record Piece(String name, List<JsonObject> samples) {
  /**
   * A process is warm after that long: its code is compiled, its pools are as large as they get.
   */
  private static final double WARM_UP_SECONDS = 600;

  /**
   * @throws IOException also for a file without samples
   */
  static Piece read(Path file) throws IOException {
    List<JsonObject> samples =
        Files.readAllLines(file).stream()
            .map(line -> JsonParser.parseString(line).getAsJsonObject())
            .toList();
    if (samples.isEmpty()) {
      throw new IOException("%s: no samples".formatted(file));
    }
    return new Piece(String.valueOf(file.getFileName()), samples);
  }

  /** What was counted at one time; empty when it was not counted then. */
  static OptionalDouble value(JsonObject sample, String name) {
    return sample.has(name)
        ? OptionalDouble.of(sample.get(name).getAsDouble())
        : OptionalDouble.empty();
  }

  private static double number(JsonObject sample, String name) {
    return value(sample, name).orElse(0);
  }

  double seconds() {
    return number(samples.getLast(), "seconds") - number(samples.getFirst(), "seconds");
  }

  double cycles() {
    return number(samples.getLast(), "cycles");
  }

  double wrong() {
    return number(samples.getLast(), "wrong");
  }

  /** Those that tell how something grows: at work, and warm. A short run is warm after a third. */
  List<JsonObject> warm() {
    double begin = number(samples.getFirst(), "seconds") + Math.min(WARM_UP_SECONDS, seconds() / 3);
    return samples.stream()
        .filter(sample -> !sample.has("cpu_at_rest"))
        .filter(sample -> number(sample, "seconds") >= begin)
        .toList();
  }
}
