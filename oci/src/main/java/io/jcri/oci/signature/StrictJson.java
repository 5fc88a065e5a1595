package io.jcri.oci.signature;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import io.jcri.oci.OciException;
import io.jcri.sandbox.linux.Reasons;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * JSON that decides what is trusted: one key twice, at whatever depth, is an error. Numbers stay
 * texts in a {@link Numeral}. Stateless.
 */
final class StrictJson {

  private static final int MAX_DEPTH = 32;
  private static final int MAX_VALUES = 64 << 10;

  /** A number as it is written. */
  record Numeral(String text) {}

  private final JsonReader reader;
  private int values;

  private StrictJson(JsonReader reader) {
    this.reader = reader;
  }

  /**
   * Reads an object.
   *
   * @throws OciException INVALID
   */
  static StrictObject parse(byte[] json) {
    var decoder = StandardCharsets.UTF_8.newDecoder();
    try (JsonReader reader =
        new JsonReader(new InputStreamReader(new ByteArrayInputStream(json), decoder))) {
      reader.setStrictness(Strictness.STRICT);
      reader.setNestingLimit(MAX_DEPTH);
      Object value = new StrictJson(reader).value();
      if (reader.peek() != JsonToken.END_DOCUMENT) {
        throw new IOException("something follows the document");
      }
      return StrictObject.of(value, "");
    } catch (IOException | IllegalStateException e) {
      throw new OciException(
          OciException.Kind.INVALID,
          StrictObject.line("is not JSON as it should be: " + Reasons.of(e)),
          e);
    }
  }

  private @Nullable Object value() throws IOException {
    if (++values > MAX_VALUES) {
      throw new IOException("more than " + MAX_VALUES + " values");
    }
    return switch (reader.peek()) {
      case BEGIN_OBJECT -> object();
      case BEGIN_ARRAY -> list();
      case STRING -> reader.nextString();
      case NUMBER -> new Numeral(reader.nextString());
      case BOOLEAN -> reader.nextBoolean();
      case NULL -> {
        reader.nextNull();
        yield null;
      }
      case END_ARRAY, END_OBJECT, NAME, END_DOCUMENT ->
          throw new IOException("no value at " + reader.getPath());
    };
  }

  private Map<String, @Nullable Object> object() throws IOException {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    reader.beginObject();
    while (reader.hasNext()) {
      String key = reader.nextName();
      if (object.containsKey(key)) {
        throw new IOException("the key " + reader.getPath() + " comes twice");
      }
      object.put(key, value());
    }
    reader.endObject();
    return object;
  }

  private List<@Nullable Object> list() throws IOException {
    List<@Nullable Object> list = new ArrayList<>();
    reader.beginArray();
    while (reader.hasNext()) {
      list.add(value());
    }
    reader.endArray();
    return list;
  }
}
