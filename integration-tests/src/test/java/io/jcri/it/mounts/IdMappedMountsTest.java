package io.jcri.it.mounts;

import static io.jcri.it.node.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.jcri.cri.v1.ContainerConfig;
import io.jcri.cri.v1.IDMapping;
import io.jcri.cri.v1.NamespaceMode;
import io.jcri.cri.v1.PodSandboxConfig;
import io.jcri.cri.v1.UserNamespace;
import io.jcri.it.kit.Layer;
import io.jcri.it.kit.TarEntry;
import io.jcri.it.kit.TestImage;
import io.jcri.it.node.NewRunc;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code Mount.uidMappings} and {@code gidMappings}, where the runtime can. */
@EnabledIf("io.jcri.it.node.NewRunc#available")
class IdMappedMountsTest {
  private static final IDMapping IDS =
      IDMapping.newBuilder().setContainerId(0).setHostId(300_000).setLength(65_536).build();

  @RegisterExtension static final TestNode NODE = NewRunc.node();

  private final Volumes volumes = new Volumes(NODE);

  /** The file system's id 0 is 300000 for whoever looks through the mount, and back. */
  @Test
  void aMountCanBeMappedInAPodWithTheNodesIds() throws IOException {
    Path folder = volumes.folder("mapped");
    Files.writeString(folder.resolve("of-root"), "x");
    TestContainer container =
        volumes.start(
            Volumes.host(folder, "/mapped").addUidMappings(IDS).addGidMappings(IDS),
            Volumes.host(folder, "/plain"));
    assertThat(container.sh("stat -c %u:%g /mapped/of-root")).isEqualTo("300000:300000");
    assertThat(container.sh("stat -c %u:%g /plain/of-root")).isEqualTo("0:0");
    assertThat(container.status().getMounts(0).getUidMappingsList()).containsExactly(IDS);
  }

  @Test
  void mappingsGoWithReadOnlyAndOptions() throws IOException {
    Path folder = volumes.folder("mapped-ro");
    Files.copy(Path.of("/bin/busybox"), folder.resolve("busybox"));
    TestContainer container =
        volumes.start(
            Volumes.host(folder, "/mapped")
                .addUidMappings(IDS)
                .addGidMappings(IDS)
                .setReadonly(true)
                .setRecursiveReadOnly(true)
                .addMountOptions("noexec"));
    assertThat(container.sh("stat -c %u /mapped/busybox")).isEqualTo("300000");
    assertThat(container.exec("touch", "/mapped/x").exitCode()).isNotZero();
    assertThat(container.sh("/mapped/busybox true || echo refused")).isEqualTo("refused");
  }

  @Test
  void oneKindOfMappingWithoutTheOtherIsRefused() throws IOException {
    Path folder = volumes.folder("half");
    assertRefused(
        () -> volumes.create(Volumes.host(folder, "/data").addUidMappings(IDS)),
        Status.Code.INVALID_ARGUMENT,
        "/data",
        "gidMappings");
    NODE.assertNoSnapshotIsLeft();
  }

  @Test
  void anImageVolumeHasTheIdsOfItsPodsUserNamespace() throws IOException {
    String image =
        NODE.load(
            "owners",
            TestImage.of(
                    Layer.of(
                        TarEntry.file("of-root", "x"),
                        TarEntry.file("owned", "y").withOwner(33, 34)))
                .withLayer(Layer.of(TarEntry.file("above", "z"))));
    PodSandboxConfig.Builder podConfig = NODE.podConfig();
    podConfig
        .getLinuxBuilder()
        .getSecurityContextBuilder()
        .getNamespaceOptionsBuilder()
        .setUsernsOptions(
            UserNamespace.newBuilder().setMode(NamespaceMode.POD).addUids(IDS).addGids(IDS));
    TestPod pod = NODE.pod(podConfig);
    ContainerConfig.Builder config = pod.container("sleep", "100000");
    config
        .addMounts(Volumes.image(image, "/data").addUidMappings(IDS).addGidMappings(IDS))
        .addMounts(Volumes.image(image, "/file").setImageSubPath("owned"));
    TestContainer container = pod.start(config);
    assertThat(container.sh("stat -c %u:%g /data/of-root /data/owned /data/above /file"))
        .isEqualTo("0:0\n33:34\n0:0\n33:34");
    assertThat(container.sh("cat /data/of-root /file")).isEqualTo("xy");
    assertThat(container.exec("touch", "/data/x").exitCode()).isNotZero();
    container.stop(0);
    container.remove();
    assertThat(volumes.snapshots()).isEmpty();
  }
}
