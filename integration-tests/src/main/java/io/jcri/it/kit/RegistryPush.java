package io.jcri.it.kit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Optional;

/**
 * Pushes artifacts to a registry by the OCI distribution specification. Thread-safe.
 *
 * <p>Plain and of its own: the registry client of the daemon only pulls, and is what such a push
 * puts to the test.
 */
public final class RegistryPush implements AutoCloseable {
  private final URI base;
  private final Optional<String> authorization;
  private final HttpClient client = HttpClient.newHttpClient();

  /**
   * Pushes to {@code base}, such as {@code http://127.0.0.1:5000}, with this Authorization header.
   */
  public RegistryPush(URI base, Optional<String> authorization) {
    this.base = base;
    this.authorization = authorization;
  }

  /** Pushes an artifact with all that it points to, and tags it. Returns its digest. */
  public String push(String repository, String tag, TestArtifact artifact) throws IOException {
    for (TestImage image : artifact.images()) {
      for (Blob blob : image.blobs()) {
        pushBlob(repository, blob);
      }
      if (artifact instanceof TestIndex) {
        pushManifest(repository, image.manifest().digest(), image);
      }
    }
    for (Blob blob : artifact.loose()) {
      pushBlob(repository, blob);
    }
    pushManifest(repository, tag, artifact);
    return artifact.manifest().digest();
  }

  /** Pushes a manifest under a tag or its digest, whether or not what it points to is there. */
  public void pushManifest(String repository, String reference, TestArtifact artifact)
      throws IOException {
    HttpRequest.Builder request =
        request(base.resolve("/v2/%s/manifests/%s".formatted(repository, reference)))
            .header("Content-Type", artifact.mediaType())
            .PUT(body(artifact.manifest()));
    expect(send(request), 201);
  }

  private void pushBlob(String repository, Blob blob) throws IOException {
    URI blobUri = base.resolve("/v2/%s/blobs/%s".formatted(repository, blob.digest()));
    if (send(request(blobUri).method("HEAD", BodyPublishers.noBody())).statusCode() == 200) {
      return;
    }
    HttpResponse<String> started =
        send(
            request(base.resolve("/v2/%s/blobs/uploads/".formatted(repository)))
                .POST(BodyPublishers.noBody()));
    expect(started, 202);
    String location =
        started
            .headers()
            .firstValue("Location")
            .orElseThrow(() -> new IOException("no Location for an upload to " + repository));
    String separator = location.contains("?") ? "&" : "?";
    URI upload = base.resolve(location + separator + "digest=" + blob.digest());
    expect(
        send(request(upload).header("Content-Type", "application/octet-stream").PUT(body(blob))),
        201);
  }

  private HttpRequest.Builder request(URI uri) {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri);
    authorization.ifPresent(value -> request.header("Authorization", value));
    return request;
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws IOException {
    try {
      return client.send(request.build(), BodyHandlers.ofString());
    } catch (InterruptedException e) {
      throw Waiting.interrupted(e);
    }
  }

  /** With its length, since some registries refuse an upload in chunks. */
  private static BodyPublisher body(Blob blob) {
    return BodyPublishers.fromPublisher(
        BodyPublishers.ofInputStream(() -> open(blob)), Math.max(1, blob.size()));
  }

  private static InputStream open(Blob blob) {
    try {
      return blob.source().open();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void expect(HttpResponse<String> response, int status) throws IOException {
    if (response.statusCode() != status) {
      throw new IOException(
          "%s %s answered %d, not %d: %s"
              .formatted(
                  response.request().method(),
                  response.request().uri(),
                  response.statusCode(),
                  status,
                  response.body()));
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
