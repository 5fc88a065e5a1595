package io.jcri.it.badinput;

import static io.jcri.it.node.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.jcri.cri.v1.ContainerConfig;
import io.jcri.cri.v1.ListImagesRequest;
import io.jcri.cri.v1.PodSandboxConfig;
import io.jcri.cri.v1.RestorePodRequest;
import io.jcri.it.kit.Command;
import io.jcri.it.kit.Scratch;
import io.jcri.it.kit.Waiting;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Files that others write and plugins that they install, each larger than the daemon's heap of 128
 * MiB or more than it can hold as objects: what they ask for is refused by name, and nothing else.
 */
class HostileFilesTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** More than the heap, and hardly anything on the disk. */
  private static final long HUGE = 300L << 20;

  private static final String DEVICE = "vendor.com/large=x";

  @RegisterExtension static final TestNode NODE = new TestNode(HostileFilesTest::prepare);

  private long pid;

  private static void prepare(Scratch scratch) throws IOException {
    Path plugins = Files.createDirectories(scratch.disk().resolve("cni-plugins"));
    program(plugins.resolve("flood-out"), "tr '\\0' x < /dev/zero | head -c 200000000; exit 0");
    program(plugins.resolve("flood-err"), "head -c 200000000 /dev/zero >&2; exit 1");
    // Less than the bound, and deeper than any stack.
    program(plugins.resolve("nested"), "tr '\\0' '[' < /dev/zero | head -c 200000; exit 0");
    program(Files.createDirectories(scratch.disk().resolve("bin")).resolve("criu"), "exit 0");
  }

  /** A script; a plugin that fails only while it adds something can be undone. */
  private static void program(Path file, String line) throws IOException {
    Files.writeString(
        file,
        """
        #!/bin/sh
        case $CNI_COMMAND in
        VERSION) echo '{"cniVersion":"1.0.0","supportedVersions":["1.0.0"]}'; exit 0 ;;
        DEL) exit 0 ;;
        esac
        %s
        """
            .formatted(line));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @BeforeEach
  void remember() throws IOException {
    Files.createDirectories(NODE.daemon().devices());
    pid = NODE.daemon().process().pid();
  }

  @AfterEach
  void theSameDaemonMakesPods() throws IOException {
    for (Path folder : new Path[] {NODE.daemon().devices(), NODE.networks()}) {
      try (var files = Files.newDirectoryStream(folder, "0*")) {
        for (Path file : files) {
          Files.delete(file);
        }
      }
    }
    PodSandboxConfig config = NODE.podConfig().build();
    String[] why = {""};
    Waiting.until(
        PATIENCE,
        () -> {
          try {
            TestPod pod = TestPod.of(NODE, config, TestPod.run(NODE, config, ""));
            return pod.idle().sh("echo well").equals("well");
          } catch (StatusRuntimeException e) {
            why[0] = String.valueOf(e.getMessage());
            return false;
          }
        },
        () -> "no pod comes up: " + why[0]);
    assertThat(NODE.daemon().process().isAlive()).isTrue();
    assertThat(NODE.daemon().process().pid()).isEqualTo(pid);
  }

  @ParameterizedTest
  @ValueSource(strings = {"json", "yaml"})
  void aLargeFileOfDevicesIsNamedWithItsDevice(String ending) throws IOException {
    Path file = devices("00-large." + ending);
    sparse(file, HUGE);
    refused(file, "more than 4194304 bytes");
    sparse(file, 2 << 20);
    refused(file, "larger than 1048576 bytes");
  }

  @ParameterizedTest
  @ValueSource(strings = {"json", "yaml"})
  void aDeepFileOfDevicesIsNamedWithItsDevice(String ending) throws IOException {
    Path file = devices("00-deep." + ending);
    Files.writeString(file, "[".repeat(1 << 20));
    refused(file, "");
  }

  /** A line of a hundred bytes, ten times itself, and so on. */
  @Test
  void aFileOfDevicesThatGrowsIsNamedWithItsDevice() throws IOException {
    Path file = devices("00-growing.yaml");
    StringBuilder text = new StringBuilder("l0: &l0 [" + "x".repeat(100) + "]\n");
    for (int i = 1; i < 10; i++) {
      String line = ("*l" + (i - 1) + ", ").repeat(10);
      text.append("l%d: &l%d [%s]\n".formatted(i, i, line.substring(0, line.length() - 2)));
    }
    Files.writeString(file, text);
    refused(file, "");
  }

  /** Of files that are good one by one, those count that fit together. */
  @Test
  void manyFilesOfDevicesAreReadAsFarAsTheyFit() throws IOException {
    String rest = "\"A=1\",".repeat(150_000) + "\"B=1\"";
    for (int i = 0; i < 64; i++) {
      Files.writeString(
          devices("0%02d.json".formatted(i)),
          """
          {"cdiVersion": "0.5.0", "kind": "vendor.com/many",
           "devices": [{"name": "d%d", "containerEdits": {"env": [%s]}}]}
          """
              .formatted(i, rest));
    }
    assertRefused(
        () -> create("vendor.com/many=d63"),
        Code.FAILED_PRECONDITION,
        "vendor.com/many=d63",
        NODE.daemon().devices() + "/0",
        "more than 4194304 bytes");
  }

  private static Path devices(String name) throws IOException {
    return Files.createDirectories(NODE.daemon().devices()).resolve(name);
  }

  private static void refused(Path file, String why) {
    assertRefused(() -> create(DEVICE), Code.FAILED_PRECONDITION, DEVICE, file.toString(), why);
  }

  private static void create(String device) throws IOException {
    TestPod pod = NODE.pod();
    ContainerConfig.Builder config = pod.container("sleep", "100000");
    config.addCDIDevicesBuilder().setName(device);
    pod.create(config);
  }

  @ParameterizedTest
  @ValueSource(strings = {"flood-out", "flood-err", "nested"})
  void aPluginThatPrintsTooMuchIsNamed(String plugin) throws IOException {
    CniChanges.put(
        NODE,
        "05.conflist",
        """
        {"cniVersion": "1.0.0", "name": "n", "plugins": [{"type": "%s"}]}
        """
            .formatted(plugin));
    String why = CniChanges.awaitRefusal(NODE);
    assertThat(why).contains(plugin);
    assertThat(why).contains(plugin.equals("nested") ? "[[[" : "printed more than 262144 bytes");
  }

  @Test
  void aLargeConfigurationIsLeftOutAndNamed() throws IOException {
    sparse(NODE.networks().resolve("05-large.conflist"), HUGE);
    Path good = NODE.networks().resolve("10-test.conflist");
    Path aside = NODE.scratch().disk().resolve("10-test.conflist");
    Files.move(good, aside);
    try {
      assertThat(CniChanges.awaitRefusal(NODE))
          .contains("05-large.conflist", "larger than 1048576 bytes");
    } finally {
      Files.move(aside, good);
    }
  }

  /** Whether CRIU works on this machine does not matter: the checkpoint is read before. */
  @ParameterizedTest
  @ValueSource(strings = {"pod.options", "status.dump", "spec.dump"})
  void aCheckpointWithLargePapersIsRefused(String large) throws IOException {
    NODE.daemon().stop();
    NODE.daemon().startWithPrograms(NODE.scratch().disk().resolve("bin"));
    pid = NODE.daemon().process().pid();
    Path folder = Files.createDirectories(NODE.scratch().disk().resolve("checkpoint-" + large));
    Path papers = Files.createDirectories(folder.resolve("papers"));
    ContainerConfig.Builder container = NODE.pod().container("sleep", "100000");
    String image =
        NODE.cri().images().listImages(ListImagesRequest.getDefaultInstance()).getImages(0).getId();
    Files.writeString(papers.resolve("status.dump"), "{\"image_id\": \"" + image + "\"}");
    Files.writeString(papers.resolve("spec.dump"), "{}");
    Files.writeString(
        folder.resolve("pod.options"),
        """
        {"version": 1, "containers": {"%s": "ab12"}, "annotations": {
          "org.criu.checkpoint.runtime.name": "runc", "org.criu.checkpoint.host.arch": "%s"}}
        """
            .formatted(container.getMetadata().getName(), System.getProperty("os.arch")));
    sparse((large.equals("pod.options") ? folder : papers).resolve(large), HUGE);
    Command.of("tar", "-cf", folder.resolve("ab12.tar").toString(), "-C", papers.toString(), ".")
        .run()
        .orThrow();
    RestorePodRequest request =
        RestorePodRequest.newBuilder()
            .setCheckpointPath(folder.toString())
            .setConfig(NODE.podConfig())
            .addContainerConfigs(container)
            .build();
    assertRefused(
        () -> NODE.cri().runtime().restorePod(request),
        Code.INVALID_ARGUMENT,
        large,
        "more than 1048576 bytes");
    Command.of("rm", "-r", folder.toString()).run().orThrow();
  }

  /** A file of zeros. */
  private static void sparse(Path file, long bytes) throws IOException {
    try (RandomAccessFile to = new RandomAccessFile(file.toFile(), "rw")) {
      to.setLength(bytes);
    }
  }
}
