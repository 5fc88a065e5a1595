package io.jcri.cni;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import io.jcri.sandbox.linux.Reasons;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * JSON trees, read strictly. Trees and not records, because a plugin's configuration and result
 * hold keys that only the plugin knows and that must come through unchanged.
 */
final class Json {
  private static final Gson COMPACT = new GsonBuilder().disableHtmlEscaping().create();
  private static final Gson PRETTY =
      new GsonBuilder().disableHtmlEscaping().setPrettyPrinting().create();

  private Json() {}

  static JsonObject parseObject(String text) throws MalformedJsonException {
    try (JsonReader reader = new JsonReader(new StringReader(text))) {
      reader.setStrictness(Strictness.STRICT);
      JsonElement element = JsonParser.parseReader(reader);
      if (reader.peek() != JsonToken.END_DOCUMENT) {
        throw new MalformedJsonException("text after the end of the JSON object");
      }
      if (!element.isJsonObject()) {
        throw new MalformedJsonException("not a JSON object");
      }
      return element.getAsJsonObject();
    } catch (MalformedJsonException e) {
      throw e;
    } catch (JsonParseException | IOException | IllegalStateException e) {
      throw new MalformedJsonException(Reasons.of(e));
    }
  }

  static JsonObject read(Path file) throws IOException {
    return parseObject(readText(file, CniLimits.FILE));
  }

  /** The file's text; an error when it is larger than {@code limit} bytes. */
  static String readText(Path file, int limit) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(limit + 1);
      if (bytes.length > limit) {
        throw new MalformedJsonException("larger than " + limit + " bytes");
      }
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }

  static String write(JsonElement element) {
    return COMPACT.toJson(element);
  }

  static String writePretty(JsonElement element) {
    return PRETTY.toJson(element) + "\n";
  }

  /** The string member, or empty when it is absent, null or no string. */
  static Optional<String> string(JsonObject object, String key) {
    JsonElement element = object.get(key);
    return element != null && element.isJsonPrimitive() && element.getAsJsonPrimitive().isString()
        ? Optional.of(element.getAsString())
        : Optional.empty();
  }

  static Optional<JsonObject> object(JsonObject object, String key) {
    return object.get(key) instanceof JsonObject member ? Optional.of(member) : Optional.empty();
  }

  /** The members of an array that are objects; empty when the key holds no array. */
  static List<JsonObject> objects(JsonObject object, String key) {
    List<JsonObject> members = new ArrayList<>();
    if (object.get(key) instanceof JsonArray array) {
      for (JsonElement element : array) {
        if (element instanceof JsonObject member) {
          members.add(member);
        }
      }
    }
    return members;
  }

  /** The integer member, or {@code fallback} when it is absent or no integer. */
  static int integer(JsonObject object, String key, int fallback) {
    JsonElement element = object.get(key);
    if (element == null || !element.isJsonPrimitive() || !element.getAsJsonPrimitive().isNumber()) {
      return fallback;
    }
    try {
      return element.getAsInt();
    } catch (NumberFormatException e) {
      return fallback;
    }
  }

  static JsonArray array(Iterable<String> strings) {
    JsonArray array = new JsonArray();
    strings.forEach(array::add);
    return array;
  }

  /** The text is not the JSON that was expected; the message says why, without naming the file. */
  static final class MalformedJsonException extends IOException {
    private static final long serialVersionUID = 1L;

    MalformedJsonException(String message) {
      super(message);
    }
  }
}
