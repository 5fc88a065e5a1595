package io.jcri.it.bench;

import io.jcri.it.kit.Layer;
import io.jcri.it.kit.LocalRegistry;
import io.jcri.it.kit.TarEntry;
import io.jcri.it.kit.TestImage;
import io.jcri.it.kit.TestImages;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The images of the benchmark, by their references in a registry of this machine. The same bytes on
 * every run; the registry's folder is kept, so that the large one is made once.
 *
 * @param base of the pods: busybox, a program that waits and one that writes lines
 * @param pause for runtimes whose sandboxes need one
 * @param large 1 GB in 6 gzip layers
 * @param small 51 gzip layers of 20 small files each
 */
record BenchImages(String base, String pause, String large, String small) {
  private static final int LARGE_LAYERS = 6;
  private static final long LARGE_BYTES = 1_000_000_000;
  private static final int SMALL_LAYERS = 51;

  /** Pushes what is missing; the large one only when it is wanted. */
  static BenchImages push(LocalRegistry registry, Path scratch, boolean pulls) throws IOException {
    TestImage pause = TestImages.pause();
    TestImage base =
        TestImages.busybox()
            .withLayer(
                Layer.of(
                    TestImages.program("pause", "pause", 0755),
                    TestImages.program("lines", "lines", 0755)));
    String tag = "1";
    String large = "%s/bench/large:%s".formatted(registry.hostAndPort(), tag);
    if (pulls && !has(registry, "bench/large", tag)) {
      registry.push("bench/large", tag, makeLarge(scratch));
    }
    return new BenchImages(
        registry.push("bench/base", tag, base),
        registry.push("bench/pause", tag, pause),
        large,
        registry.push("bench/small", tag, makeSmall()));
  }

  private static TestImage makeLarge(Path scratch) throws IOException {
    List<Layer> layers = Software.layers(scratch, LARGE_LAYERS, LARGE_BYTES / LARGE_LAYERS);
    return TestImage.of(layers.toArray(Layer[]::new));
  }

  private static TestImage makeSmall() throws IOException {
    Layer[] layers = new Layer[SMALL_LAYERS];
    for (int i = 0; i < layers.length; i++) {
      List<TarEntry> entries = new ArrayList<>();
      String folder = "layer" + i;
      entries.add(TarEntry.directory(folder, 0755));
      for (int file = 0; file < 20; file++) {
        String line = "file %d of layer %d%n".formatted(file, i);
        entries.add(TarEntry.file(folder + "/" + file, line.repeat(100)));
      }
      layers[i] = Layer.of(Layer.Compression.GZIP, entries);
    }
    return TestImage.of(layers);
  }

  private static boolean has(LocalRegistry registry, String repository, String tag)
      throws IOException {
    URI manifest = registry.uri().resolve("/v2/%s/manifests/%s".formatted(repository, tag));
    HttpRequest request =
        HttpRequest.newBuilder(manifest)
            .header("Accept", "application/vnd.oci.image.manifest.v1+json")
            .method("HEAD", BodyPublishers.noBody())
            .build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request, BodyHandlers.discarding()).statusCode() == 200;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
