package io.jcri.oci.runtime;

import io.jcri.oci.Json;
import java.util.Map;
import java.util.Optional;

/**
 * The answer of a runtime's {@code state} verb.
 *
 * @param status {@code creating}, {@code created}, {@code running}, {@code paused} or {@code
 *     stopped}
 * @param pid of the first process; 0 when it is gone
 */
public record RuntimeState(
    String id,
    String status,
    int pid,
    String bundle,
    Optional<String> created,
    Map<String, String> annotations) {

  public RuntimeState {
    annotations = Map.copyOf(annotations);
  }

  static RuntimeState parse(byte[] output) {
    return Json.parse(output, RuntimeState.class);
  }

  public boolean running() {
    return status.equals("running");
  }
}
