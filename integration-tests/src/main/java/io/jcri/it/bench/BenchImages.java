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
 * @param single 1 GB in one gzip layer
 * @param zstd 1 GB in 6 zstd layers
 * @param small 51 gzip layers of 20 small files each
 * @param deep that of the pods with more layers upon it, 50 in all
 */
record BenchImages(
    String base,
    String pause,
    String large,
    String single,
    String zstd,
    String small,
    String deep) {
  private static final String TAG = "1";
  private static final int LARGE_LAYERS = 6;
  private static final long LARGE_BYTES = 1_000_000_000;
  private static final int SMALL_LAYERS = 51;
  private static final int DEEP_LAYERS = 50;

  /** Pushes what is missing; the large one only when it is wanted. */
  static BenchImages push(LocalRegistry registry, Path scratch, boolean pulls) throws IOException {
    TestImage pause = TestImages.pause();
    TestImage base =
        TestImages.busybox()
            .withLayer(
                Layer.of(
                    TestImages.program("pause", "pause", 0755),
                    TestImages.program("lines", "lines", 0755)));
    Pushing push = new Pushing(registry, scratch, pulls);
    return new BenchImages(
        registry.push("bench/base", TAG, base),
        registry.push("bench/pause", TAG, pause),
        push.large("bench/large", LARGE_LAYERS, Layer.Compression.GZIP),
        push.large("bench/single", 1, Layer.Compression.GZIP),
        push.large("bench/zstd", LARGE_LAYERS, Layer.Compression.ZSTD),
        registry.push("bench/small", TAG, TestImage.of(makeSmall(SMALL_LAYERS))),
        registry.push("bench/deep", TAG, deep(base)));
  }

  /**
   * Makes large images that are not there yet.
   *
   * @param wanted whether they are needed at all
   */
  private record Pushing(LocalRegistry registry, Path scratch, boolean wanted) {
    String large(String repository, int layers, Layer.Compression compression) throws IOException {
      if (wanted && !has(registry, repository, TAG)) {
        List<Layer> made = Software.layers(scratch, layers, LARGE_BYTES / layers, compression);
        return registry.push(repository, TAG, TestImage.of(made.toArray(Layer[]::new)));
      }
      return "%s/%s:%s".formatted(registry.hostAndPort(), repository, TAG);
    }
  }

  private static TestImage deep(TestImage base) throws IOException {
    TestImage image = base;
    for (Layer layer : makeSmall(DEEP_LAYERS - base.layers().size())) {
      image = image.withLayer(layer);
    }
    return image;
  }

  private static Layer[] makeSmall(int count) throws IOException {
    Layer[] layers = new Layer[count];
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
    return layers;
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
