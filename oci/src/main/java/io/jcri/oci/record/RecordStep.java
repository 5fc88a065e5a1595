package io.jcri.oci.record;

import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * From one version of a record to the next, as JSON objects; pure functions.
 *
 * @param up makes the newer version of the older
 * @param down the way back, present as long as the older version is what is written: in the first
 *     release that reads the newer one, so that the release before can take over again
 */
public record RecordStep(
    UnaryOperator<Map<String, @Nullable Object>> up,
    Optional<UnaryOperator<Map<String, @Nullable Object>>> down) {

  /** A step whose newer version is read from now on and written by the next release. */
  public static RecordStep fresh(
      UnaryOperator<Map<String, @Nullable Object>> up,
      UnaryOperator<Map<String, @Nullable Object>> down) {
    return new RecordStep(up, Optional.of(down));
  }

  /** A step of a release before: its newer version is written. */
  public static RecordStep settled(UnaryOperator<Map<String, @Nullable Object>> up) {
    return new RecordStep(up, Optional.empty());
  }
}
