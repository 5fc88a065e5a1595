package io.jcri.it.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.jcri.it.kit.Layer;
import io.jcri.it.kit.TarEntry;
import io.jcri.it.kit.TestImage;
import io.jcri.it.kit.TestImages;
import io.jcri.it.kit.Waiting;
import io.jcri.it.node.RegistryProxy;
import io.jcri.it.node.TestNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Pulls whose registry says nothing, and callers that do not wait for it. */
class AbandonedPullTest {
  @RegisterExtension static final TestNode NODE = new TestNode();

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final CountDownLatch goOn = new CountDownLatch(1);

  /** The digest of what the stuck image says of itself. */
  private volatile String readable = "";

  private byte[] hold(String path, byte[] body) {
    if (path.contains("/stuck/blobs/") && !path.endsWith(readable)) {
      try {
        goOn.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    return body;
  }

  private static TestImage layers(String name, int count) throws IOException {
    TestImage image = TestImages.busybox();
    for (int i = 0; i < count; i++) {
      image = image.withLayer(Layer.of(TarEntry.file(name + i, name)));
    }
    return image;
  }

  @Test
  void aPullEndsWithItsCallerAndHoldsUpNobody() throws Exception {
    TestImage image = layers("stuck", 40);
    readable = image.config().digest();
    NODE.registry().push("stuck", "1", image);
    NODE.registry().push("other", "1", layers("other", 3));
    try (RegistryProxy proxy = new RegistryProxy(NODE.registry().uri(), this::hold);
        var threads = Executors.newVirtualThreadPerTaskExecutor();
        Context.CancellableContext caller = Context.current().withCancellation()) {
      Future<String> stuck =
          threads.submit(caller.wrap(() -> NODE.pull(proxy.hostAndPort() + "/stuck:1")));
      Waiting.until(PATIENCE, () -> proxy.downloads() > 1, () -> "no layer is asked for");

      NODE.pull(proxy.hostAndPort() + "/other:1");
      assertThat(layerDirectories()).anyMatch(name -> name.startsWith("new-"));
      boolean _ = caller.cancel(null);

      assertThatThrownBy(stuck::get)
          .cause()
          .isInstanceOfSatisfying(
              StatusRuntimeException.class,
              e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.CANCELLED));
      // While the registry still says nothing.
      Waiting.until(
          PATIENCE,
          () -> layerDirectories().stream().noneMatch(name -> name.startsWith("new-")),
          () -> "its layers are still there");
    } finally {
      goOn.countDown();
    }
  }

  private static Set<String> layerDirectories() throws IOException {
    try (Stream<Path> all = Files.list(NODE.daemon().root().resolve("image/layers"))) {
      return new TreeSet<>(all.map(path -> path.getFileName().toString()).toList());
    }
  }
}
