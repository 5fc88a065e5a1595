package io.jcri.oci.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jcri.oci.Json;
import io.jcri.oci.OciException.Kind;
import io.jcri.oci.manifest.Descriptor;
import io.jcri.oci.manifest.ImageIndex;
import io.jcri.oci.manifest.Manifest;
import io.jcri.oci.manifest.MediaTypes;
import io.jcri.oci.manifest.Platform;
import java.io.IOException;
import java.io.InputStream;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against the distribution project's own registry, as Debian packs it. */
class DebianRegistryKernelTest extends RegistryFixture {

  private static final Path BINARY = Path.of("/usr/bin/docker-registry");

  private final HttpClient pusher = HttpClient.newHttpClient();
  private @Nullable Process registry;
  private String name = "";

  @BeforeEach
  void start() throws IOException, InterruptedException {
    assumeTrue(Files.isExecutable(BINARY), "docker-registry is not installed");
    name = "127.0.0.1:" + freePort();
    Path config = root.resolve("registry.yml");
    Files.writeString(
        config,
        """
        version: 0.1
        log: {level: error}
        storage: {filesystem: {rootdirectory: %s}}
        http: {addr: %s}
        """
            .formatted(root.resolve("data"), name));
    Process started =
        new ProcessBuilder(BINARY.toString(), "serve", config.toString())
            .redirectErrorStream(true)
            .redirectOutput(root.resolve("registry.log").toFile())
            .start();
    registry = started;
    while (started.isAlive() && !answers()) {
      TimeUnit.MILLISECONDS.sleep(20);
    }
    assertThat(started.isAlive()).as(Files.readString(root.resolve("registry.log"))).isTrue();
  }

  @AfterEach
  void stop() throws InterruptedException {
    if (registry != null) {
      registry.destroy();
      registry.waitFor();
    }
    pusher.close();
  }

  /**
   * Below the ports that the kernel gives to clients: any of these could take it before the
   * registry does, and who asks for it too early could be connected to itself.
   */
  private static int freePort() throws IOException {
    BindException last = new BindException();
    for (int attempt = 0; attempt < 100; attempt++) {
      int port = ThreadLocalRandom.current().nextInt(10_000, 32_768);
      try (ServerSocket free = new ServerSocket(port, 1, InetAddress.ofLiteral("127.0.0.1"))) {
        return free.getLocalPort();
      } catch (BindException taken) {
        last = taken;
      }
    }
    throw last;
  }

  private boolean answers() throws IOException, InterruptedException {
    try {
      return status(HttpRequest.newBuilder(URI.create("http://" + name + "/v2/")).build()) == 200;
    } catch (ConnectException e) {
      return false;
    }
  }

  private int status(HttpRequest request) throws IOException, InterruptedException {
    return pusher.send(request, BodyHandlers.discarding()).statusCode();
  }

  private Descriptor pushBlob(byte[] content) throws IOException, InterruptedException {
    Descriptor blob = Descriptor.of(MediaTypes.OCI_LAYER, content);
    URI uploads = URI.create("http://" + name + "/v2/a/b/blobs/uploads/");
    String location =
        pusher
            .send(
                HttpRequest.newBuilder(uploads).POST(BodyPublishers.noBody()).build(),
                BodyHandlers.discarding())
            .headers()
            .firstValue("location")
            .orElseThrow();
    URI target = URI.create(location + "&digest=" + blob.digest());
    assertThat(
            status(
                HttpRequest.newBuilder(target)
                    .header("Content-Type", "application/octet-stream")
                    .PUT(BodyPublishers.ofByteArray(content))
                    .build()))
        .isEqualTo(201);
    return blob;
  }

  private Descriptor pushManifest(String tag, String type, byte[] content)
      throws IOException, InterruptedException {
    URI target = URI.create("http://" + name + "/v2/a/b/manifests/" + tag);
    assertThat(
            status(
                HttpRequest.newBuilder(target)
                    .header("Content-Type", type)
                    .PUT(BodyPublishers.ofByteArray(content))
                    .build()))
        .isEqualTo(201);
    return Descriptor.of(type, content);
  }

  private static Map<String, Object> entry(Descriptor d, String type) {
    return Map.of("mediaType", type, "digest", d.digest().toString(), "size", d.size());
  }

  @Test
  void anImageIsFoundByTagThroughItsIndexAndByDigest() throws Exception {
    byte[] layer = random(5_000_000);
    Descriptor config =
        pushBlob("{\"os\":\"linux\"}".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    Descriptor blob = pushBlob(layer);
    Descriptor manifest =
        pushManifest(
            "amd",
            MediaTypes.DOCKER_MANIFEST,
            Json.toBytes(
                Map.of(
                    "schemaVersion",
                    2,
                    "mediaType",
                    MediaTypes.DOCKER_MANIFEST,
                    "config",
                    entry(config, MediaTypes.DOCKER_CONFIG),
                    "layers",
                    List.of(entry(blob, MediaTypes.DOCKER_LAYER_GZIP)))));
    Descriptor index =
        pushManifest(
            "v1",
            MediaTypes.DOCKER_INDEX,
            Json.toBytes(
                Map.of(
                    "schemaVersion",
                    2,
                    "mediaType",
                    MediaTypes.DOCKER_INDEX,
                    "manifests",
                    List.of(
                        Map.of(
                            "mediaType",
                            manifest.mediaType(),
                            "digest",
                            manifest.digest().toString(),
                            "size",
                            manifest.size(),
                            "platform",
                            Map.of("os", "linux", "architecture", "amd64"))))));
    Repository repository = repository(name + "/a/b:v1");

    Descriptor resolved = repository.resolve().descriptor();
    assertThat(resolved).isEqualTo(index);
    ImageIndex read =
        ImageIndex.parse(
            repository.fetchManifest(resolved), resolved.mediaType(), resolved.digest());
    Descriptor chosen = read.select(new Platform("linux", "amd64", "v3"), name).getFirst();
    Manifest image =
        Manifest.parse(repository.fetchManifest(chosen), chosen.mediaType(), chosen.digest());
    assertThat(chosen.digest()).isEqualTo(manifest.digest());
    assertThat(read(repository, image.layers().getFirst())).isEqualTo(layer);
    try (InputStream rest = repository.openBlob(image.layers().getFirst(), 4_999_000)) {
      assertThat(rest.readAllBytes()).hasSize(1000);
    }
    assertThat(repository(name + "/a/b@" + manifest.digest()).resolve().descriptor())
        .isEqualTo(manifest);
  }

  @Test
  void aNameThatIsNotThereIsTold() {
    assertThat(failure(Kind.NOT_FOUND, () -> repository(name + "/no/such:v1").resolve()))
        .hasMessageStartingWith(
            "cannot resolve %s/no/such:v1: %s: 404 Not Found: check the name"
                .formatted(name, name));
    Descriptor blob = Descriptor.of(MediaTypes.OCI_LAYER, random(10));
    assertThat(failure(Kind.NOT_FOUND, () -> repository(name + "/no/such:v1").openBlob(blob, 0)))
        .hasMessageContaining("404 Not Found (blob unknown to registry)");
  }
}
