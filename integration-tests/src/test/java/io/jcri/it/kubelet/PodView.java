package io.jcri.it.kubelet;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.Optional;

/** A pod as the kubelet tells of it, or what there is of it yet. */
record PodView(Optional<JsonObject> pod) {

  /** Whether the kubelet knows the pod. */
  boolean known() {
    return pod.isPresent();
  }

  /** Its phase, or nothing. */
  String phase() {
    return status().map(status -> text(status, "phase")).orElse("");
  }

  /** Its address, or nothing. */
  String address() {
    return status().map(status -> text(status, "podIP")).orElse("");
  }

  /** Whether every container has passed its probes; it has {@code count} of them. */
  boolean ready(int count) {
    int ready = 0;
    for (JsonElement container : containers()) {
      if (container.getAsJsonObject().get("ready").getAsBoolean()) {
        ready++;
      }
    }
    return ready == count;
  }

  int restarts(String container) {
    return container(container).map(each -> each.get("restartCount").getAsInt()).orElse(0);
  }

  String id(String container) {
    return container(container).map(each -> text(each, "containerID")).orElse("");
  }

  /** How a container has ended, now or before its last restart: a reason and an exit code. */
  String end(String container) {
    return container(container)
        .flatMap(each -> terminated(each, "state").or(() -> terminated(each, "lastState")))
        .map(end -> text(end, "reason") + " " + text(end, "exitCode"))
        .orElse("");
  }

  private static Optional<JsonObject> terminated(JsonObject container, String state) {
    return Optional.ofNullable(container.getAsJsonObject(state))
        .flatMap(found -> Optional.ofNullable(found.getAsJsonObject("terminated")));
  }

  private Optional<JsonObject> container(String name) {
    for (JsonElement each : containers()) {
      if (text(each.getAsJsonObject(), "name").equals(name)) {
        return Optional.of(each.getAsJsonObject());
      }
    }
    return Optional.empty();
  }

  private Iterable<JsonElement> containers() {
    return status()
        .flatMap(status -> Optional.ofNullable(status.getAsJsonArray("containerStatuses")))
        .map(array -> (Iterable<JsonElement>) array)
        .orElse(java.util.List.of());
  }

  private Optional<JsonObject> status() {
    return pod.flatMap(found -> Optional.ofNullable(found.getAsJsonObject("status")));
  }

  private static String text(JsonObject object, String key) {
    return object.has(key) ? object.get(key).getAsString() : "";
  }
}
