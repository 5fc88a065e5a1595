package io.jcri.it.node;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import java.util.Map;

/** Reads the {@code info} of a verbose status. */
final class Verbose {
  private Verbose() {}

  static int number(Map<String, String> info, String key) {
    JsonElement value =
        JsonParser.parseString(info.getOrDefault("info", "{}")).getAsJsonObject().get(key);
    if (value == null) {
      throw new AssertionError("no %s in the verbose status: %s".formatted(key, info));
    }
    return value.getAsInt();
  }
}
