package io.jcri.oci;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonIOException;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.Strictness;
import com.google.gson.TypeAdapterFactory;
import com.google.gson.reflect.TypeToken;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import io.jcri.sandbox.linux.Reasons;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * JSON to and from records and trees, safe for untrusted input: strict grammar, capped size and
 * depth, duplicate keys refused.
 *
 * <p>Records: unknown keys are skipped. A key that is absent or null becomes an empty {@code List},
 * {@code Set}, {@code Map} or {@code Optional}, zero or false, or null for a component marked
 * {@code @Nullable}; for any other component it is an error that names the key. Empty optionals and
 * nulls are not written. {@link Name} gives a key that is no Java name. {@code Instant}, {@code
 * Duration}, {@code Path} and {@link Digest} are strings. Thread-safe.
 */
public final class Json {

  /** The most bytes that {@link #parse(byte[], Class)} and {@link #parseTree(byte[])} accept. */
  public static final int DEFAULT_MAX_BYTES = 16 << 20;

  private static final int MAX_DEPTH = 64;
  private static final TypeToken<Map<String, @Nullable Object>> TREE = new TypeToken<>() {};

  private static final Gson COMPACT = builder().create();
  private static final Gson PRETTY = builder().setPrettyPrinting().create();

  /** The key of a record's component when it differs from the component's name. */
  @Target(ElementType.RECORD_COMPONENT)
  @Retention(RetentionPolicy.RUNTIME)
  public @interface Name {
    String value();
  }

  /** A key that may not come twice, though {@link #parseTolerant} reads the record. */
  @Target(ElementType.RECORD_COMPONENT)
  @Retention(RetentionPolicy.RUNTIME)
  public @interface Once {}

  /**
   * How much of a document is taken in.
   *
   * @param bytes of its text
   * @param values names, strings, numbers, lists and objects that are read; what is skipped is none
   */
  public record Bounds(long bytes, int values) {}

  private Json() {}

  /**
   * Reads a record, list or scalar.
   *
   * @throws OciException INVALID when the bytes are not JSON of that shape
   */
  public static <T> T parse(byte[] json, Class<T> type) {
    return parse(json, type, DEFAULT_MAX_BYTES);
  }

  /**
   * Reads a record, list or scalar from not more bytes than the cap.
   *
   * @throws OciException INVALID when the bytes are more than the cap or not JSON of that shape
   */
  public static <T> T parse(byte[] json, Class<T> type, int maxBytes) {
    return parse(json, type, new Bounds(maxBytes, Integer.MAX_VALUE));
  }

  /**
   * Reads a record, list or scalar from a stranger's document.
   *
   * @throws OciException INVALID when it is beyond the bounds or not JSON of that shape
   */
  public static <T> T parse(byte[] json, Class<T> type, Bounds bounds) {
    return read(json, TypeToken.get(type), type.getSimpleName(), bounds);
  }

  /**
   * Reads a record from a stranger's document as Go's parser would: of a key that comes twice the
   * last counts, unless it is marked {@link Once}, and bytes that are no UTF-8 become U+FFFD. Not
   * for what is compared with other texts.
   *
   * @throws OciException INVALID when it is beyond the bounds or not JSON of that shape
   */
  public static <T> T parseTolerant(byte[] json, Class<T> type, Bounds bounds) {
    String what = type.getSimpleName();
    atMost(json, bounds, what);
    return read(
        new ByteArrayInputStream(json),
        TypeToken.get(type),
        what,
        bounds.values,
        CodingErrorAction.REPLACE);
  }

  /**
   * Reads a record from a stream without holding more of it than what goes into the record.
   *
   * @param values as in {@link Bounds}
   * @throws OciException INVALID when it is beyond the bounds or not JSON of that shape
   */
  public static <T> T parse(InputStream json, Class<T> type, int values) {
    return read(json, TypeToken.get(type), type.getSimpleName(), values);
  }

  /**
   * Reads an object into maps, lists, strings, booleans and numbers ({@code Long}; {@code
   * BigInteger} beyond it; {@code BigDecimal} for fractions) in the order of the text.
   *
   * @throws OciException INVALID
   */
  public static Map<String, @Nullable Object> parseTree(byte[] json) {
    return read(json, TREE, "object", new Bounds(DEFAULT_MAX_BYTES, Integer.MAX_VALUE));
  }

  /**
   * A record and what its text holds besides.
   *
   * @param rest what is to be written with it
   */
  public record Kept<T>(T value, JsonRest rest) {}

  /**
   * As {@link #parse(byte[], Class)}, and keeps the keys that the record does not know.
   *
   * @throws OciException INVALID when the bytes are not JSON of that shape
   */
  public static <T extends Record> Kept<T> parseKeeping(byte[] json, Class<T> type) {
    String what = type.getSimpleName();
    atMost(json, new Bounds(DEFAULT_MAX_BYTES, Integer.MAX_VALUE), what);
    boolean[] more = new boolean[1];
    T value =
        read(
            new ByteArrayInputStream(json),
            what,
            Integer.MAX_VALUE,
            CodingErrorAction.REPORT,
            reader -> {
              T read = value(reader, TypeToken.get(type), what);
              more[0] = reader.hasSkipped();
              return read;
            });
    return new Kept<>(
        value,
        more[0] ? rest(new ByteArrayInputStream(json), type, Integer.MAX_VALUE) : JsonRest.NONE);
  }

  /**
   * What an object holds beside the record, without holding more of it than that.
   *
   * @param values as in {@link Bounds}
   * @throws OciException INVALID when it is beyond the bounds or no JSON object
   */
  public static JsonRest rest(InputStream json, Class<? extends Record> type, int values) {
    return read(
        json,
        type.getSimpleName(),
        values,
        CodingErrorAction.REPORT,
        reader -> JsonRest.read(reader, type, COMPACT.getAdapter(JsonElement.class)));
  }

  /**
   * One line, no spaces. Accepts records and trees of maps, iterables, strings, numbers and
   * booleans.
   */
  public static byte[] toBytes(Object value) {
    return COMPACT.toJson(value).getBytes(StandardCharsets.UTF_8);
  }

  /** As {@link #toBytes(Object)}, with what was read beside the record. */
  public static byte[] toBytes(Record value, JsonRest rest) {
    return toBytes(withRest(value, rest));
  }

  private static Object withRest(Record value, JsonRest rest) {
    if (rest.isEmpty()) {
      return value;
    }
    JsonObject tree = COMPACT.toJsonTree(value).getAsJsonObject();
    rest.addTo(tree);
    return tree;
  }

  /**
   * The same as {@link #toBytes(Record, JsonRest)} into a stream, which stays open.
   *
   * @param rest what was read beside the record
   */
  public static void write(OutputStream out, Record value, JsonRest rest) throws IOException {
    Writer writer = new OutputStreamWriter(out, StandardCharsets.UTF_8);
    try {
      COMPACT.toJson(withRest(value, rest), writer);
    } catch (JsonIOException e) {
      throw e.getCause() instanceof IOException cause ? cause : new IOException(e);
    }
    writer.flush();
  }

  /** Indented by two spaces, ending in a line feed. */
  public static byte[] toPrettyBytes(Object value) {
    return (PRETTY.toJson(value) + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private static <T> T read(byte[] json, TypeToken<T> type, String what, Bounds bounds) {
    atMost(json, bounds, what);
    return read(new ByteArrayInputStream(json), type, what, bounds.values);
  }

  /** Refuses what is more than the bounds allow. */
  static void atMost(byte[] json, Bounds bounds, String what) {
    if (json.length > bounds.bytes) {
      throw invalid(what, json.length + " bytes, the limit is " + bounds.bytes, null);
    }
  }

  private static <T> T read(InputStream json, TypeToken<T> type, String what, int values) {
    // Malformed UTF-8 must not turn into replacement characters: two different texts would read as
    // one.
    return read(json, type, what, values, CodingErrorAction.REPORT);
  }

  private static <T> T read(
      InputStream json, TypeToken<T> type, String what, int values, CodingErrorAction malformed) {
    return read(json, what, values, malformed, reader -> value(reader, type, what));
  }

  private static <T> T value(JsonReader reader, TypeToken<T> type, String what) throws IOException {
    T value = COMPACT.getAdapter(type).read(reader);
    if (value == null) {
      throw invalid(what, "null", null);
    }
    return value;
  }

  /** What is made of a document. */
  interface Reading<T> {
    T from(JsonBounded reader) throws IOException;
  }

  /** Reads a document by the rules of all of them. */
  static <T> T read(
      InputStream json, String what, int values, CodingErrorAction malformed, Reading<T> reading) {
    var decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(malformed)
            .onUnmappableCharacter(malformed);
    boolean tolerant = malformed == CodingErrorAction.REPLACE;
    try (JsonBounded reader =
        new JsonBounded(new InputStreamReader(json, decoder), values, tolerant)) {
      reader.setStrictness(Strictness.STRICT);
      reader.setNestingLimit(MAX_DEPTH);
      T value = reading.from(reader);
      if (reader.peek() != JsonToken.END_DOCUMENT) {
        throw invalid(what, "something follows the document", null);
      }
      return value;
    } catch (CharacterCodingException e) {
      throw invalid(what, "not UTF-8", e);
    } catch (IOException | RuntimeException e) {
      // a record's constructor may refuse what it is given, with whatever exception
      throw invalid(what, Reasons.of(e), e);
    }
  }

  private static OciException invalid(String what, String why, @Nullable Throwable cause) {
    return new OciException(OciException.Kind.INVALID, "bad JSON for " + what + ": " + why, cause);
  }

  private static GsonBuilder builder() {
    return builder(JsonRecords.FACTORY);
  }

  /**
   * What all mappings share.
   *
   * @param records how they are mapped
   */
  static GsonBuilder builder(TypeAdapterFactory records) {
    return new GsonBuilder()
        .disableHtmlEscaping()
        .setObjectToNumberStrategy(in -> exactNumber(in.nextString()))
        .registerTypeAdapterFactory(records)
        .registerTypeAdapterFactory(JsonMaps.FACTORY)
        .registerTypeAdapterFactory(JsonScalars.OPTIONALS)
        .registerTypeAdapterFactory(JsonScalars.STRINGS);
  }

  private static Number exactNumber(String text) {
    if (text.length() > 400) {
      throw new JsonParseException("number of " + text.length() + " characters");
    }
    if (text.chars().anyMatch(c -> c == '.' || c == 'e' || c == 'E')) {
      return new BigDecimal(text);
    }
    BigInteger integer = new BigInteger(text);
    return integer.bitLength() < Long.SIZE ? (Number) integer.longValue() : integer;
  }

  /** The raw class behind a generic type. */
  static Class<?> raw(Type type) {
    return TypeToken.get(type).getRawType();
  }
}
