package io.jcri.daemon.streaming.command;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The resize stream of a terminal: JSON objects one after the other, {@code
 * {"Width":80,"Height":24}}, cut into pieces as the network likes.
 */
final class WindowSizes {
  private static final int MOST_BYTES = 1024;

  private final InputStream stream;

  WindowSizes(InputStream stream) {
    this.stream = stream;
  }

  /** A terminal's size in characters. */
  record Size(int columns, int rows) {}

  /**
   * The next size; empty at the stream's end.
   *
   * @throws IOException when what comes is no size
   */
  Optional<Size> next() throws IOException {
    ByteArrayOutputStream object = new ByteArrayOutputStream();
    int next;
    while ((next = stream.read()) >= 0) {
      if (object.size() >= MOST_BYTES) {
        throw new IOException("a window size is longer than %d bytes".formatted(MOST_BYTES));
      }
      object.write(next);
      if (next == '}') { // sizes hold no other objects
        return Optional.of(parse(object.toString(StandardCharsets.UTF_8)));
      }
    }
    return Optional.empty();
  }

  private static Size parse(String text) throws IOException {
    try {
      JsonObject size = JsonParser.parseString(text).getAsJsonObject();
      return new Size(number(size.get("Width")), number(size.get("Height")));
    } catch (JsonParseException | IllegalStateException | NumberFormatException e) {
      throw new IOException("malformed window size " + text.strip(), e);
    }
  }

  private static int number(JsonElement value) throws IOException {
    int number = value != null && value.isJsonPrimitive() ? value.getAsInt() : -1;
    if (number < 0 || number > 0xffff) {
      throw new IOException("window size out of range: " + value);
    }
    return number;
  }
}
