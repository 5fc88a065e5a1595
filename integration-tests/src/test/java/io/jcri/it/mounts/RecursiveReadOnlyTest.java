package io.jcri.it.mounts;

import static io.jcri.it.node.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.jcri.cri.v1.Mount;
import io.jcri.cri.v1.MountPropagation;
import io.jcri.cri.v1.RuntimeHandler;
import io.jcri.cri.v1.StatusRequest;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code Mount.recursive_read_only}. */
class RecursiveReadOnlyTest {
  @RegisterExtension static final TestNode NODE = new TestNode();

  private final Volumes volumes = new Volumes(NODE);

  @Test
  void theDefaultHandlerSaysThatItCan() {
    assertThat(
            NODE.cri()
                .runtime()
                .status(StatusRequest.getDefaultInstance())
                .getRuntimeHandlersList())
        .filteredOn(handler -> handler.getName().isEmpty())
        .singleElement()
        .extracting(RuntimeHandler::getFeatures)
        .matches(features -> features.getRecursiveReadOnlyMounts());
  }

  @Test
  void whatIsMountedBelowIsReadOnlyToo() throws IOException {
    Path folder = volumes.folder("rro");
    Path below = Files.createDirectory(folder.resolve("below"));
    Volumes.tmpfs(below);
    try {
      TestContainer container =
          volumes.start(
              Volumes.host(folder, "/ro").setReadonly(true),
              Volumes.host(folder, "/rro").setReadonly(true).setRecursiveReadOnly(true));
      assertThat(container.exec("touch", "/ro/x").exitCode()).isNotZero();
      assertThat(container.exec("touch", "/ro/below/x").exitCode()).isZero();
      assertThat(container.exec("touch", "/rro/x").exitCode()).isNotZero();
      assertThat(container.exec("touch", "/rro/below/y").exitCode()).isNotZero();
      assertThat(container.sh("ls /rro/below")).isEqualTo("x");
      assertThat(container.status().getMounts(1).getRecursiveReadOnly()).isTrue();
      assertThat(container.status().getMounts(0).getRecursiveReadOnly()).isFalse();
    } finally {
      NODE.cri().removeAllPods();
      Volumes.unmount(below);
    }
  }

  @Test
  void itNeedsReadOnlyAndPrivatePropagation() throws IOException {
    Mount.Builder mount =
        Volumes.host(volumes.folder("contradictions"), "/data").setRecursiveReadOnly(true);
    assertRefused(
        () -> volumes.create(mount.clone()), Status.Code.INVALID_ARGUMENT, "/data", "readonly");
    for (MountPropagation propagation :
        new MountPropagation[] {
          MountPropagation.PROPAGATION_HOST_TO_CONTAINER, MountPropagation.PROPAGATION_BIDIRECTIONAL
        }) {
      assertRefused(
          () -> volumes.create(mount.clone().setReadonly(true).setPropagation(propagation)),
          Status.Code.INVALID_ARGUMENT,
          "/data",
          "private propagation");
    }
    NODE.assertNoSnapshotIsLeft();
  }
}
