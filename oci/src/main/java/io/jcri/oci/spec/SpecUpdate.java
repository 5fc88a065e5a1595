package io.jcri.oci.spec;

import io.jcri.oci.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Changes limits in a config.json that was written before, and nothing else: whatever plugins have
 * put into it stays.
 */
public final class SpecUpdate {
  private SpecUpdate() {}

  /**
   * The file with the limits that {@code change} sets; those that it leaves empty stay, and so do
   * the device rules.
   *
   * @param config what {@link SpecWriter#toJson} has written
   * @param oomScoreAdj empty leaves it
   * @param annotations added to those in the file
   */
  public static byte[] apply(
      byte[] config,
      LinuxResources change,
      Optional<Integer> oomScoreAdj,
      Map<String, String> annotations) {
    Map<String, @Nullable Object> spec = Json.parseTree(config);
    LinuxResources limits = change.toBuilder().devices(List.of()).build();
    merge(child(child(spec, "linux"), "resources"), ResourcesJson.of(limits).fields());
    if (!change.unified().isEmpty()) {
      spec.put("ociVersion", atLeast(String.valueOf(spec.get("ociVersion"))));
    }
    oomScoreAdj.ifPresent(value -> child(spec, "process").put("oomScoreAdj", value));
    if (!annotations.isEmpty()) {
      child(spec, "annotations").putAll(new TreeMap<>(annotations));
    }
    return Json.toBytes(spec);
  }

  private static String atLeast(String version) {
    return version.equals(SpecVersion.V1_0_2.text()) ? SpecVersion.V1_1_0.text() : version;
  }

  /** Objects key by key; lists and scalars as a whole. */
  private static void merge(Map<String, @Nullable Object> into, Map<String, Object> from) {
    from.forEach((key, value) -> {
      if (value instanceof Map<?, ?> object) {
        Map<String, Object> fields = new LinkedHashMap<>();
        object.forEach((name, field) -> fields.put(String.valueOf(name), field));
        merge(child(into, key), fields);
      } else {
        into.put(key, value);
      }
    });
  }

  @SuppressWarnings("unchecked") // a tree of Json's has no other maps
  private static Map<String, @Nullable Object> child(
      Map<String, @Nullable Object> parent, String key) {
    return (Map<String, @Nullable Object>)
        Objects.requireNonNull(
            parent.compute(
                key, (name, old) -> old instanceof Map<?, ?> ? old : new LinkedHashMap<>()));
  }
}
