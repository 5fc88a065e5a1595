package io.jcri.oci.distribution;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** A response whose body is still on the network; close it. */
record Reply(HttpResponse<BodyPipe> response, URI uri) implements AutoCloseable {

  int status() {
    return response.statusCode();
  }

  BodyPipe body() {
    return response.body();
  }

  Optional<String> header(String name) {
    return response.headers().firstValue(name).map(String::strip).filter(value -> !value.isEmpty());
  }

  List<String> headers(String name) {
    return response.headers().allValues(name);
  }

  OptionalLong contentLength() {
    try {
      return header("content-length").stream()
          .mapToLong(Long::parseLong)
          .filter(n -> n >= 0)
          .findFirst();
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  /**
   * The whole body.
   *
   * @throws IOException when the connection breaks or it is more than that
   */
  byte[] bytes(int max) throws IOException {
    byte[] content = body().readNBytes(max + 1);
    if (content.length > max) {
      throw new IOException("the answer is larger than " + max + " bytes");
    }
    return content;
  }

  /** Keeps the connection for the next request when little is left of the body. */
  @Override
  public void close() {
    body().drain();
  }
}
