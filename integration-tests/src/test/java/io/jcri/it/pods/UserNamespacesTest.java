package io.jcri.it.pods;

import static io.jcri.it.node.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status.Code;
import io.jcri.cri.v1.ContainerConfig;
import io.jcri.cri.v1.IDMapping;
import io.jcri.cri.v1.Mount;
import io.jcri.cri.v1.NamespaceMode;
import io.jcri.cri.v1.PodSandboxConfig;
import io.jcri.cri.v1.RuntimeHandler;
import io.jcri.cri.v1.StatusRequest;
import io.jcri.cri.v1.StatusResponse;
import io.jcri.cri.v1.UserNamespace;
import io.jcri.it.kit.Command;
import io.jcri.it.kit.Layer;
import io.jcri.it.kit.TarEntry;
import io.jcri.it.kit.TestImages;
import io.jcri.it.node.NewRunc;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Pods in a user namespace of their own. */
@EnabledIf("io.jcri.it.node.NewRunc#available")
class UserNamespacesTest {
  private static final int HOST = 200_000;
  private static final int LENGTH = 65_536;

  @RegisterExtension static final TestNode NODE = NewRunc.node();

  @Test
  void theHandlerAndTheRuntimeSayThatTheyCan() {
    StatusResponse status = NODE.cri().runtime().status(StatusRequest.getDefaultInstance());
    assertThat(status.getRuntimeHandlersList())
        .filteredOn(handler -> handler.getName().isEmpty() || handler.getName().equals("runc"))
        .hasSize(2)
        .extracting(RuntimeHandler::getFeatures)
        .allSatisfy(features -> {
          assertThat(features.getUserNamespaces()).isTrue();
          assertThat(features.getRecursiveReadOnlyMounts()).isTrue();
        });
    assertThat(status.getFeatures().getUserNamespacesHostNetwork()).isTrue();
  }

  @Test
  void rootInsideIsNobodyOutside() throws IOException {
    TestPod pod = NODE.pod(mapped(line(0, HOST, LENGTH)));
    TestContainer container = pod.idle();
    assertThat(container.sh("cat /proc/self/uid_map /proc/self/gid_map").replaceAll(" +", " "))
        .isEqualTo(" 0 200000 65536\n 0 200000 65536");
    assertThat(container.sh("id -u; id -g")).isEqualTo("0\n0");
    assertThat(owner(Path.of("/proc/" + container.pid()))).isEqualTo(HOST);
    assertThat(owner(Path.of("/proc/" + pod.pausePid()))).isEqualTo(HOST);
    assertThat(
            pod.status().getLinux().getNamespaces().getOptions().getUsernsOptions().getUidsList())
        .containsExactly(line(0, HOST, LENGTH));
  }

  @Test
  void theImagesFilesBelongToWhomTheImageSaysWithoutBeingChanged() throws IOException {
    String image =
        NODE.load(
            "owners",
            TestImages.busybox()
                .withLayer(
                    Layer.of(
                        TarEntry.file("root-file", "x"),
                        TarEntry.file("owned", "x").withOwner(33, 34))));
    TestPod pod = NODE.pod(mapped(line(0, HOST, LENGTH)));
    ContainerConfig.Builder config = pod.container("sleep", "100000");
    config.getImageBuilder().setImage(image);
    TestContainer container = pod.start(config);
    assertThat(container.sh("stat -c %u:%g /root-file /owned / /etc/passwd"))
        .isEqualTo("0:0\n33:34\n0:0\n0:0");
    container.sh("chown 1000:1000 /owned; echo new > /fresh; stat -c %u:%g /owned");
    assertThat(container.sh("stat -c %u:%g /owned /fresh")).isEqualTo("1000:1000\n0:0");

    // the same layers still serve a container with the node's ids
    TestPod plain = NODE.pod();
    ContainerConfig.Builder other = plain.container("sleep", "100000");
    other.getImageBuilder().setImage(image);
    assertThat(plain.start(other).sh("stat -c %u:%g /root-file /owned")).isEqualTo("0:0\n33:34");
  }

  @Test
  void severalRangesAreMapped() throws IOException {
    TestPod pod =
        NODE.pod(mapped(line(0, HOST, 1000), line(1000, 500_000, 1), line(2000, 600_000, 64_000)));
    ContainerConfig.Builder config = pod.container("sleep", "100000");
    config.getLinuxBuilder().getSecurityContextBuilder().getRunAsUserBuilder().setValue(1000);
    TestContainer container = pod.start(config);
    assertThat(container.sh("cat /proc/self/uid_map").replaceAll(" +", " "))
        .isEqualTo(" 0 200000 1000\n 1000 500000 1\n 2000 600000 64000");
    assertThat(owner(Path.of("/proc/" + container.pid()))).isEqualTo(500_000);
  }

  @Test
  void thePodsOwnFilesAndSharedMemoryAreItsRootsToWrite() throws IOException {
    TestContainer container = NODE.pod(mapped(line(0, HOST, LENGTH))).idle();
    assertThat(
            container.sh(
                "stat -c %u:%g /etc/hosts /etc/hostname /etc/resolv.conf; echo x >> /etc/hosts;"
                    + " echo y > /dev/shm/y; cat /dev/shm/y; hostname"))
        .startsWith("0:0\n0:0\n0:0\ny\npod-");
  }

  @Test
  void aVolumeThatIsMappedKeepsTheNodesOwners() throws IOException {
    Path volume = Files.createDirectory(NODE.scratch().disk().resolve("volume"));
    Files.writeString(volume.resolve("file"), "of root\n");
    TestPod pod = NODE.pod(mapped(line(0, HOST, LENGTH)));
    ContainerConfig.Builder config = pod.container("sleep", "100000");
    config.addMounts(
        Mount.newBuilder()
            .setHostPath(volume.toString())
            .setContainerPath("/volume")
            .addUidMappings(line(0, HOST, LENGTH))
            .addGidMappings(line(0, HOST, LENGTH)));
    TestContainer container = pod.start(config);
    assertThat(
            container.sh("stat -c %u:%g /volume/file; echo more >> /volume/file; touch /volume/z"))
        .isEqualTo("0:0");
    assertThat(owner(volume.resolve("file"))).isZero();
    assertThat(owner(volume.resolve("z"))).isZero();
    assertThat(volume.resolve("file")).hasContent("of root\nmore\n");
  }

  @Test
  void theNodesNetworkCanBeShared() throws IOException {
    PodSandboxConfig.Builder config = mapped(line(0, HOST, LENGTH));
    config
        .clearHostname()
        .getLinuxBuilder()
        .getSecurityContextBuilder()
        .getNamespaceOptionsBuilder()
        .setNetwork(NamespaceMode.NODE);
    TestContainer container = NODE.pod(config).idle();
    assertThat(container.sh("cat /proc/self/uid_map").replaceAll(" +", " "))
        .isEqualTo(" 0 200000 65536");
    assertThat(container.sh("readlink /proc/self/ns/net"))
        .isEqualTo(Files.readSymbolicLink(Path.of("/proc/self/ns/net")).toString());
    assertThat(container.sh("ls /sys/class/net").lines()).contains("lo");
  }

  @Test
  void aSetUserIdProgramOfAnImageIsOutOfReachForLocalUsers() throws IOException {
    String image =
        NODE.load(
            "setuid",
            TestImages.busybox()
                .withLayer(Layer.of(TestImages.program("effective-uid", "setuid", 04755))));
    TestPod mapped = NODE.pod(mapped(line(0, HOST, LENGTH)));
    ContainerConfig.Builder config = mapped.container("sleep", "100000");
    config.getImageBuilder().setImage(image);
    TestContainer inNamespace = mapped.start(config);
    TestPod plain = NODE.pod();
    ContainerConfig.Builder other = plain.container("sleep", "100000");
    other.getImageBuilder().setImage(image);
    TestContainer onNode = plain.start(other);

    List<Path> roots =
        Files.readAllLines(Path.of("/proc/self/mountinfo")).stream()
            .map(line -> Path.of(line.split(" ", -1)[4]))
            .filter(path -> Files.exists(path.resolve("setuid")))
            .filter(path ->
                path.toString().matches(".*(" + inNamespace.id() + "|" + onNode.id() + ").*"))
            .toList();
    assertThat(roots).as("mounted root file systems with the program").hasSize(2);
    for (Path root : roots) {
      assertThat(root.startsWith(NODE.daemon().root()) || root.startsWith(NODE.daemon().state()))
          .isTrue();
      assertThat(asNobody("id -u").out()).isEqualTo("65534\n");
      assertThat(asNobody(root.resolve("setuid").toString()).err()).contains("ermission denied");
      assertThat(asNobody("ls " + root).err()).contains("ermission denied");
    }
    // root sees it, so it is the way that is closed
    assertThat(roots).allSatisfy(root -> assertThat(root.resolve("setuid")).isExecutable());
    for (String part : List.of("image", "image/layers", "image/snapshots")) {
      assertThat(
              PosixFilePermissions.toString(
                  Files.getPosixFilePermissions(NODE.daemon().root().resolve(part))))
          .as(part)
          .isEqualTo("rwx------");
    }
  }

  @Test
  void aRestartOfTheDaemonKeepsItAll() throws IOException {
    TestPod pod = NODE.pod(mapped(line(0, HOST, LENGTH)));
    TestContainer running = pod.idle();
    TestContainer created = pod.create(pod.container("sleep", "100000"));
    NODE.daemon().kill();
    NODE.daemon().start();
    assertThat(running.sh("id -u")).isEqualTo("0");
    created.start();
    assertThat(created.sh("id -u")).isEqualTo("0");
    assertThat(pod.idle().sh("id -u")).isEqualTo("0");
  }

  @Test
  void nonsenseIsRefusedByField() throws IOException {
    assertPodRefused(mapped(line(1, HOST, LENGTH)), "uids", "id 0");
    assertPodRefused(mapped(line(0, HOST, 10), line(5, 300_000, 10)), "container id 5");
    assertPodRefused(mapped(line(0, HOST, 10), line(10, HOST + 9, 10)), "host id " + (HOST + 9));
    assertPodRefused(mapped(line(0, HOST, 0)), "length 0");
    assertPodRefused(mapped(line(0, -10, 100)), "32 bits");
    PodSandboxConfig.Builder container = mapped(line(0, HOST, LENGTH));
    user(container).setMode(NamespaceMode.CONTAINER);
    assertPodRefused(container, "mode");
    PodSandboxConfig.Builder node = mapped(line(0, HOST, LENGTH));
    user(node).setMode(NamespaceMode.NODE);
    assertPodRefused(node, "mode is NODE");
  }

  @Test
  void aContainerCanNotHaveAnotherNamespaceThanItsPod() throws IOException {
    TestPod pod = NODE.pod(mapped(line(0, HOST, LENGTH)));
    ContainerConfig.Builder config = pod.container("true");
    config
        .getLinuxBuilder()
        .getSecurityContextBuilder()
        .getNamespaceOptionsBuilder()
        .getUsernsOptionsBuilder()
        .setUids(0, line(0, 700_000, LENGTH));
    assertRefused(() -> pod.create(config), Code.INVALID_ARGUMENT, "userns_options", pod.id());
    NODE.assertNoSnapshotIsLeft();
  }

  @Test
  void aHandlerThatCanNotIsNamedAndNothingIsMade() throws IOException {
    PodSandboxConfig config = mapped(line(0, HOST, LENGTH)).build();
    boolean crunCan =
        NODE
            .cri()
            .runtime()
            .status(StatusRequest.getDefaultInstance())
            .getRuntimeHandlersList()
            .stream()
            .filter(handler -> handler.getName().equals("crun"))
            .anyMatch(handler -> handler.getFeatures().getUserNamespaces());
    if (crunCan) {
      assertThat(TestPod.run(NODE, config, "crun")).isNotEmpty();
    } else {
      assertRefused(
          () -> TestPod.run(NODE, config, "crun"), Code.FAILED_PRECONDITION, "crun", "id-mapped");
      NODE.assertNoPodIsLeft();
    }
  }

  private static void assertPodRefused(PodSandboxConfig.Builder config, String... parts)
      throws IOException {
    assertRefused(() -> NODE.pod(config), Code.INVALID_ARGUMENT, parts);
    NODE.assertNoPodIsLeft();
  }

  private static PodSandboxConfig.Builder mapped(IDMapping... lines) throws IOException {
    PodSandboxConfig.Builder config = NODE.podConfig();
    user(config).setMode(NamespaceMode.POD).addAllUids(List.of(lines)).addAllGids(List.of(lines));
    return config;
  }

  private static UserNamespace.Builder user(PodSandboxConfig.Builder config) {
    return config
        .getLinuxBuilder()
        .getSecurityContextBuilder()
        .getNamespaceOptionsBuilder()
        .getUsernsOptionsBuilder();
  }

  private static IDMapping line(int container, int host, int length) {
    return IDMapping.newBuilder()
        .setContainerId(container)
        .setHostId(host)
        .setLength(length)
        .build();
  }

  /** Through a shell: setpriv itself keeps root's capabilities until it has executed something. */
  private static Command.Result asNobody(String line) throws IOException {
    return Command.of(
            "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "/bin/sh", "-c", line)
        .run();
  }

  private static int owner(Path path) throws IOException {
    return (Integer) Files.getAttribute(path, "unix:uid");
  }
}
