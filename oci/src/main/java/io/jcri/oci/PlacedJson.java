package io.jcri.oci;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.ByteArrayInputStream;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * JSON of a form that others have laid down, to and from records of a form that suits us: {@link
 * Placed} says where in the document a component lies. Without a place it has its own name as key;
 * {@link Json.Name}, which is for {@link Json}, does not count, nor does that look at places.
 *
 * <p>What is empty is not written: optionals, lists, maps, and what is sparse; nor is an object
 * around nothing. What is not there is read as empty: zero, false, an empty text, a record of such.
 * The keys of maps are sorted, so that equal records have equal bytes. Unknown keys are skipped.
 * Thread-safe.
 */
public final class PlacedJson {
  private static final Gson GSON =
      Json.builder(PlacedRecords.FACTORY)
          .registerTypeAdapterFactory(JsonScalars.CONSTANTS)
          .create();

  /** Where a component lies, and how it is written. One annotation, for each costs a class. */
  @Target(ElementType.RECORD_COMPONENT)
  @Retention(RetentionPolicy.RUNTIME)
  public @interface Placed {
    /**
     * The place: {@code cpu.shares} is {@code shares} in the object {@code cpu}. A record at {@link
     * #AMONG} has its components among its neighbours'.
     */
    String value() default "";

    /** Left out while it is zero, false, an empty text or an object of nothing. */
    boolean sparse() default false;

    /** A long that is an u64 of the same bits. */
    boolean unsigned() default false;
  }

  /** The place of a record that is no object of its own. */
  public static final String AMONG = "*";

  private PlacedJson() {}

  /** One line, no spaces. */
  public static byte[] toBytes(Record value) {
    return GSON.toJson(value).getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Reads a record.
   *
   * @throws OciException INVALID when the bytes are not JSON of that shape
   */
  public static <T extends Record> T parse(byte[] json, Class<T> type) {
    return read(json, type);
  }

  /**
   * A document with what a record says laid over it: its values take the places of those that are
   * there, lists as a whole, and all else stays where and what it is.
   *
   * @throws OciException INVALID when the document is no JSON object
   */
  public static byte[] over(byte[] document, Record value) {
    JsonObject tree = read(document, JsonObject.class);
    lay(GSON.toJsonTree(value).getAsJsonObject(), tree);
    return GSON.toJson(tree).getBytes(StandardCharsets.UTF_8);
  }

  private static void lay(JsonObject over, JsonObject under) {
    for (String key : over.keySet()) {
      JsonElement value = over.get(key);
      if (value instanceof JsonObject inner && under.get(key) instanceof JsonObject outer) {
        lay(inner, outer);
      } else {
        under.add(key, value);
      }
    }
  }

  private static <T> T read(byte[] json, Class<T> type) {
    String what = type.getSimpleName();
    Json.atMost(json, new Json.Bounds(Json.DEFAULT_MAX_BYTES, Integer.MAX_VALUE), what);
    return Json.read(
        new ByteArrayInputStream(json),
        what,
        Integer.MAX_VALUE,
        CodingErrorAction.REPORT,
        reader -> Objects.requireNonNull(GSON.getAdapter(type).read(reader), "null"));
  }
}
