package io.jcri.it.mounts;

import static io.jcri.it.node.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.jcri.cri.v1.IDMapping;
import io.jcri.cri.v1.StatusRequest;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * An OCI runtime that does not say what it can do, as those before 1.1: nothing special is asked.
 */
class OldRuntimeTest {
  @RegisterExtension
  static final TestNode NODE = new TestNode(Map.of("runc", runcWithoutFeatures()));

  private final Volumes volumes = new Volumes(NODE);

  @Test
  void whatItMayNotKnowIsNotOffered() {
    var status = NODE.cri().runtime().status(StatusRequest.getDefaultInstance());
    assertThat(status.getRuntimeHandlersList())
        .filteredOn(handler -> handler.getName().isEmpty())
        .singleElement()
        .matches(handler -> !handler.getFeatures().getRecursiveReadOnlyMounts());
  }

  @Test
  void whatItMayNotKnowIsRefusedAndNeverLeftOut() throws IOException {
    Path folder = volumes.folder("data");
    String message =
        assertRefused(
            () ->
                volumes.create(
                    Volumes.host(folder, "/data").setReadonly(true).setRecursiveReadOnly(true)),
            Status.Code.UNKNOWN,
            "/data",
            "runc");
    assertThat(message).startsWith("RROUnsupported: ");

    IDMapping ids = IDMapping.newBuilder().setHostId(100_000).setLength(1000).build();
    assertRefused(
        () -> volumes.create(Volumes.host(folder, "/data").addUidMappings(ids).addGidMappings(ids)),
        Status.Code.FAILED_PRECONDITION,
        "id-map",
        "/data");
    assertRefused(
        () -> volumes.create(Volumes.host(folder, "/data").addMountOptions("nosymfollow")),
        Status.Code.FAILED_PRECONDITION,
        "nosymfollow",
        "/data");
    NODE.assertNoSnapshotIsLeft();
  }

  @Test
  void whatEveryRuntimeKnowsIsHonoured() throws IOException {
    Path folder = volumes.folder("usual");
    TestContainer container =
        volumes.start(
            Volumes.host(folder, "/data")
                .addMountOptions("noexec")
                .addMountOptions("nodev")
                .addMountOptions("nosuid"));
    assertThat(container.sh("grep ' /data ' /proc/mounts")).contains("noexec", "nodev", "nosuid");
  }

  private static Path runcWithoutFeatures() {
    try {
      Path script =
          Files.createTempFile(
              Path.of("/var/tmp"),
              "jct-runc",
              "",
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
      script.toFile().deleteOnExit();
      return Files.writeString(
          script,
          """
          #!/bin/sh
          for argument; do
            [ "$argument" != features ] || { echo "no such command" >&2; exit 1; }
          done
          exec runc "$@"
          """);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
