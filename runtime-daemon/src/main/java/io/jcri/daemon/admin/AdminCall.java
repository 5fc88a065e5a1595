package io.jcri.daemon.admin;

import io.jcri.oci.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One request and the way back to who made it. For the thread that serves it. */
final class AdminCall {
  private final Map<String, @Nullable Object> arguments;
  private final Wire wire;
  private final ClientWatch watch;

  AdminCall(Map<String, @Nullable Object> arguments, Wire wire, ClientWatch watch) {
    this.arguments = arguments;
    this.wire = wire;
    this.watch = watch;
  }

  /**
   * The verb's arguments.
   *
   * @throws io.jcri.oci.OciException INVALID when they are not of that shape
   */
  <T> T arguments(Class<T> type) {
    return Json.parse(Json.toBytes(arguments), type);
  }

  /** Sends one answer. */
  void answer(Record answer) throws IOException {
    wire.write(answer);
  }

  /**
   * What the client sends, for a verb that takes content. While it is read a client that goes is an
   * {@link IOException} of the stream's, thereafter an interrupt.
   */
  InputStream content() {
    return wire.content(watch::start);
  }

  /** For bytes to the client, between answers. Not buffered: large writes are good ones. */
  OutputStream output() {
    return wire.pieces();
  }
}
