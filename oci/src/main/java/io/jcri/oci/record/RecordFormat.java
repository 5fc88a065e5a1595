package io.jcri.oci.record;

import io.jcri.oci.Json;
import io.jcri.oci.JsonRest;
import io.jcri.oci.OciException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One kind of record: its versions and how it is framed. Reads every version up to its newest, and
 * keeps the keys that it does not know. Pure.
 *
 * <p>Versions begin with 1 and each {@link RecordStep} adds one. What is written is the newest, but
 * for the steps at the end that are fresh: those are taken back.
 *
 * @param <T> the record's type, as of the newest version
 */
public final class RecordFormat<T extends Record> {

  private final String name;
  private final Class<T> type;
  private final RecordFraming framing;
  private final List<RecordStep> steps;

  private RecordFormat(String name, Class<T> type, RecordFraming framing, List<RecordStep> steps) {
    this.name = name;
    this.type = type;
    this.framing = framing;
    this.steps = List.copyOf(steps);
  }

  /**
   * A format with one version.
   *
   * @param name for messages, such as "container"
   */
  public static <T extends Record> RecordFormat<T> of(
      String name, Class<T> type, RecordFraming framing) {
    return new RecordFormat<>(name, type, framing, List.of());
  }

  /** The same with one more version. */
  public RecordFormat<T> then(RecordStep step) {
    List<RecordStep> more = new ArrayList<>(steps);
    more.add(step);
    return new RecordFormat<>(name, type, framing, more);
  }

  /** The last version that can be read. */
  public int newest() {
    return 1 + steps.size();
  }

  /** The version that is written. */
  public int written() {
    int version = newest();
    while (version > 1 && steps.get(version - 2).down().isPresent()) {
      version--;
    }
    return version;
  }

  /** Reads a file's content; never {@link RecordReading.Unreadable} or absent. */
  public RecordReading<T> decode(byte[] content) {
    try {
      int version = framing.version(content);
      if (version > newest()) {
        return new RecordReading.FromNewer<>(
            "its version is %d, and this jcri reads %s records up to version %d"
                .formatted(version, name, newest()));
      }
      byte[] body = upgraded(framing.body(content), version);
      Json.Kept<T> kept = Json.parseKeeping(body, type);
      return new RecordReading.Read<>(kept.value(), framing.withoutOwn(kept.rest()));
    } catch (OciException e) {
      return new RecordReading.Torn<>(String.valueOf(e.getMessage()));
    } catch (RuntimeException e) { // a step met what its version never was
      return new RecordReading.Torn<>("it is no %s record: %s".formatted(name, e));
    }
  }

  /**
   * The content of a file with this record.
   *
   * @param rest what was read beside it
   */
  public byte[] encode(T value, JsonRest rest) {
    byte[] body = Json.toBytes(value, rest);
    int version = newest();
    for (; version > written(); version--) {
      Optional<UnaryOperator<Map<String, @Nullable Object>>> down = steps.get(version - 2).down();
      body = Json.toBytes(down.orElseThrow().apply(Json.parseTree(body)));
    }
    return framing.close(version, body);
  }

  private byte[] upgraded(byte[] body, int version) {
    byte[] now = body;
    for (RecordStep step : steps.subList(version - 1, steps.size())) {
      now = Json.toBytes(step.up().apply(Json.parseTree(now)));
    }
    return now;
  }
}
