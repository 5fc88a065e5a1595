package io.jcri.it.images;

import static io.jcri.it.images.PullWorkers.PATIENCE;
import static io.jcri.it.images.PullWorkers.names;
import static io.jcri.it.node.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.jcri.cri.v1.Image;
import io.jcri.cri.v1.ImageSpec;
import io.jcri.cri.v1.ListImagesRequest;
import io.jcri.cri.v1.RemoveImageRequest;
import io.jcri.it.kit.Layer;
import io.jcri.it.kit.OciLayout;
import io.jcri.it.kit.TarEntry;
import io.jcri.it.kit.TestImage;
import io.jcri.it.kit.TestImages;
import io.jcri.it.kit.Waiting;
import io.jcri.it.node.JcriCommand;
import io.jcri.it.node.RegistryProxy;
import io.jcri.it.node.TestNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The process that pulls may die at any moment, and its daemon too. */
class PullWorkerDeathTest {
  @RegisterExtension static final TestNode NODE = new TestNode();

  private static final PullWorkers WORKERS = new PullWorkers(NODE);

  /** Blobs of this size are kept when their pull breaks off. */
  private static final int LARGE = 12 << 20;

  private static final int ARRIVED = 9 << 20;

  private final CountDownLatch goOn = new CountDownLatch(1);
  private final List<Integer> bodies = new ArrayList<>();

  @AfterEach
  void release() {
    goOn.countDown();
  }

  private static TestImage large(int seed) throws IOException {
    byte[] noise = new byte[LARGE];
    new Random(seed).nextBytes(noise);
    return TestImage.of(Layer.of(Layer.Compression.NONE, TarEntry.file("noise", 0644, noise)));
  }

  /** The first answer breaks off, and the rest does not come. */
  private byte[] breakOff(String path, byte[] body) {
    if (!path.contains("/large/blobs/") || body.length < (1 << 20)) {
      return body;
    }
    boolean first;
    synchronized (bodies) {
      first = bodies.isEmpty();
      bodies.add(body.length);
    }
    if (first) {
      return Arrays.copyOf(body, ARRIVED);
    }
    try {
      goOn.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return body;
  }

  private int bodies() {
    synchronized (bodies) {
      return bodies.size();
    }
  }

  @Test
  void itsDeathFailsThePullsUnderWayAndTheNextGoesOnWhereTheyWere() throws Exception {
    NODE.registry().push("large", "1", large(1));
    try (RegistryProxy proxy = new RegistryProxy(NODE.registry().uri(), this::breakOff);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      String reference = proxy.hostAndPort() + "/large:1";
      Future<String> pull = threads.submit(() -> NODE.pull(reference));
      Waiting.until(PATIENCE, () -> bodies() == 2, () -> "the rest is not asked for");
      List<ProcessHandle> workers = WORKERS.all();
      assertThat(workers).hasSize(1);

      workers.getFirst().destroyForcibly();

      assertRefused(
          () -> {
            try {
              pull.get();
            } catch (java.util.concurrent.ExecutionException e) {
              throw e.getCause();
            }
          },
          Status.Code.UNAVAILABLE,
          "the pull worker has ended with status 137",
          "try again");
      WORKERS.assertNothingUnfinished();
      List<String> kept = names(WORKERS.store().resolve("partial"));
      assertThat(kept).hasSize(1);
      assertThat(WORKERS.store().resolve("partial").resolve(kept.getFirst())).hasSize(ARRIVED);

      goOn.countDown();
      NODE.pull(reference);
      synchronized (bodies) {
        // The rest only, which is a little more than the file's as it is in an archive.
        assertThat(bodies.getLast()).isBetween(LARGE - ARRIVED, LARGE - ARRIVED + (64 << 10));
      }
      assertThat(names(WORKERS.store().resolve("partial"))).isEmpty();
      assertThat(WORKERS.all()).hasSize(1);
      assertThat(WORKERS.all().getFirst().pid()).isNotEqualTo(workers.getFirst().pid());
    }
  }

  @Test
  void itsDeathEndsALoadWhoseClientKeepsSilent() throws Exception {
    Path archive = NODE.scratch().disk().resolve("silent.tar");
    OciLayout.writeArchive(archive, Map.of("example.com/silent:1", TestImages.marked("silent")));
    byte[] whole = Files.readAllBytes(archive);
    Process command = new ProcessBuilder(new JcriCommand(NODE).line("load")).start();
    try {
      // More than a piece, and then nothing: its input stays open.
      command.getOutputStream().write(whole, 0, whole.length / 2);
      command.getOutputStream().flush();
      Waiting.until(PATIENCE, () -> WORKERS.isUnpacking(), () -> "the load has not begun");

      WORKERS.all().getFirst().destroyForcibly();

      Waiting.until(PATIENCE, () -> !command.isAlive(), () -> "the load goes on");
      assertThat(command.exitValue()).isEqualTo(1);
      assertThat(new String(command.getErrorStream().readAllBytes(), StandardCharsets.UTF_8))
          .contains("the pull worker has ended with status 137; try again");
    } finally {
      command.destroyForcibly();
    }
    WORKERS.assertNothingUnfinished();
    Files.delete(archive);
  }

  @Test
  void itEndsWithItsDaemonWhateverItIsAt() throws Exception {
    NODE.registry().push("large", "1", large(2));
    try (RegistryProxy proxy = new RegistryProxy(NODE.registry().uri(), this::breakOff);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> pull = threads.submit(() -> NODE.pull(proxy.hostAndPort() + "/large:1"));
      Waiting.until(PATIENCE, () -> bodies() == 2, () -> "the rest is not asked for");
      ProcessHandle worker = WORKERS.all().getFirst();

      NODE.daemon().kill();

      Waiting.until(PATIENCE, () -> !worker.isAlive(), () -> "the worker lives on");
      NODE.daemon().start();
      WORKERS.assertNothingUnfinished();
      Waiting.until(PATIENCE, pull::isDone, () -> "the caller waits on");
    }
  }

  /** Every image of those that are pulled is whole or absent, and can be pulled. */
  @Test
  void whenItDiesAgainAndAgainEveryImageIsWholeOrAbsent() throws Exception {
    int count = 8;
    List<String> references = new ArrayList<>();
    List<TestImage> images = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      TestImage image =
          TestImage.of(
              Layer.of(TarEntry.file("shared", 0644, new byte[1 << 20])),
              Layer.of(TarEntry.file("own", "image " + i)),
              // One that is completed with what is below.
              Layer.of(TarEntry.hardLink("d/link", "own", 0644)));
      images.add(image);
      references.add(NODE.registry().push("died/" + i, "1", image));
    }
    AtomicInteger answersUntilDeath = new AtomicInteger();
    try (RegistryProxy proxy =
            new RegistryProxy(
                NODE.registry().uri(), (_, body) -> killAtLast(answersUntilDeath, body));
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < count; i++) {
        references.set(i, proxy.hostAndPort() + "/died/" + i + ":1");
      }
      for (int round = 0; round < 10; round++) {
        answersUntilDeath.set(1 + 3 * round);
        List<Future<?>> pulls = new ArrayList<>();
        for (String reference : references) {
          pulls.add(threads.submit(() -> pullOrUnavailable(reference)));
        }
        for (Future<?> pull : pulls) {
          pull.get();
        }
        assertThat(answersUntilDeath).as("the worker was killed").hasNonPositiveValue();
        for (int i = 0; i < count; i++) {
          if (find(references.get(i)).isPresent()) {
            assertWhole(images.get(i), "image " + i);
            remove(references.get(i));
          }
        }
        WORKERS.assertNothingUnfinished();
      }
    }
    references.clear();
    for (int i = 0; i < count; i++) {
      references.add(NODE.registry().hostAndPort() + "/died/" + i + ":1");
      NODE.pull(references.get(i));
      assertWhole(images.get(i), "image " + i);
    }
    for (String reference : references) {
      remove(reference);
    }
    List<String> own =
        images.stream()
            .flatMap(image -> image.layers().stream())
            .map(layer -> layer.diffId().substring("sha256:".length()))
            .toList();
    assertThat(names(WORKERS.store().resolve("layers"))).doesNotContainAnyElementsOf(own);
  }

  /** Kills the worker when a registry gives the last of so many answers. */
  private static byte[] killAtLast(AtomicInteger answersUntilDeath, byte[] body) {
    if (answersUntilDeath.decrementAndGet() == 0) {
      WORKERS.all().forEach(ProcessHandle::destroyForcibly);
    }
    return body;
  }

  private static void pullOrUnavailable(String reference) {
    try {
      NODE.pull(reference);
    } catch (StatusRuntimeException e) {
      assertThat(e.getStatus().getCode())
          .as("%s", e.getStatus())
          .isEqualTo(Status.Code.UNAVAILABLE);
    }
  }

  private static Optional<Image> find(String reference) {
    return NODE
        .cri()
        .images()
        .listImages(ListImagesRequest.getDefaultInstance())
        .getImagesList()
        .stream()
        .filter(image -> image.getRepoTagsList().contains(reference))
        .findFirst();
  }

  private static void remove(String reference) {
    var _ =
        NODE.cri()
            .images()
            .removeImage(
                RemoveImageRequest.newBuilder()
                    .setImage(ImageSpec.newBuilder().setImage(reference))
                    .build());
  }

  private static void assertWhole(TestImage image, String own) throws IOException {
    Path layers = WORKERS.store().resolve("layers");
    Path lower = layers.resolve(hex(image, 0)).resolve("diff/shared");
    assertThat(lower).hasSize(1 << 20);
    assertThat(layers.resolve(hex(image, 1)).resolve("diff/own")).hasContent(own);
    try (Stream<Path> all = Files.list(layers)) {
      assertThat(all.map(layer -> layer.resolve("diff/d/link")).filter(Files::exists).toList())
          .anySatisfy(link -> assertThat(link).hasContent(own));
    }
  }

  private static String hex(TestImage image, int layer) {
    return image.layers().get(layer).diffId().substring("sha256:".length());
  }
}
