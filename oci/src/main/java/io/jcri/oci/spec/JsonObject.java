package io.jcri.oci.spec;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * A JSON object under construction that leaves out what is empty. Absent and empty mean the same in
 * config.json, and null does not: some runtimes crash on it.
 */
final class JsonObject {
  private final Map<String, Object> fields = new LinkedHashMap<>();

  JsonObject put(String key, Object value) {
    fields.put(key, value);
    return this;
  }

  JsonObject put(String key, Optional<?> value) {
    value.ifPresent(present -> fields.put(key, present));
    return this;
  }

  JsonObject putIfTrue(String key, boolean value) {
    if (value) {
      fields.put(key, true);
    }
    return this;
  }

  JsonObject put(String key, Collection<?> values) {
    if (!values.isEmpty()) {
      fields.put(key, values);
    }
    return this;
  }

  <T> JsonObject put(String key, List<T> values, Function<T, JsonObject> toJson) {
    return put(key, values.stream().map(value -> toJson.apply(value).fields).toList());
  }

  /** Sorted, so that equal containers have equal files. */
  JsonObject put(String key, Map<String, String> values) {
    if (!values.isEmpty()) {
      fields.put(key, new TreeMap<>(values));
    }
    return this;
  }

  JsonObject put(String key, JsonObject child) {
    if (!child.fields.isEmpty()) {
      fields.put(key, child.fields);
    }
    return this;
  }

  Map<String, Object> fields() {
    return fields;
  }
}
