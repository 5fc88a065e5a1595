package io.jcri.it.devices;

import static io.jcri.it.node.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.jcri.cri.v1.ContainerConfig;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** CDI devices, by the field and by annotations, as the container sees them. */
class CdiTest {
  @RegisterExtension static final TestNode NODE = new TestNode();

  private Path trace = Path.of("");

  @BeforeEach
  void declareDevices() throws IOException {
    Path specs = Files.createDirectories(NODE.daemon().devices());
    trace = NODE.scratch().disk().resolve("trace");
    Files.deleteIfExists(trace);
    Path library = Files.createDirectories(NODE.scratch().disk().resolve("library"));
    Files.writeString(library.resolve("version"), "42");
    Files.writeString(
        specs.resolve("gpu.yaml"),
        """
        cdiVersion: 0.7.0
        kind: vendor.com/gpu
        containerEdits:
          env: [DRIVER=loaded]
          mounts:
          - {hostPath: %s, containerPath: /usr/lib/vendor, options: [rbind, ro]}
        devices:
        - name: 0
          containerEdits:
            env: [GPU0=yes]
            deviceNodes:
            - {path: /dev/gpu0, hostPath: /dev/full, permissions: rw}
            additionalGids: [4242]
            hooks:
            - hookName: createRuntime
              path: /bin/sh
              args: [sh, -c, "echo created >> %s"]
            - hookName: poststop
              path: /bin/sh
              args: [sh, -c, "echo stopped >> %s"]
        - name: 1
          containerEdits:
            env: [GPU1=yes]
            deviceNodes:
            - {path: /dev/gpu1, hostPath: /dev/zero, permissions: r, fileMode: 0644}
        """
            .formatted(library, trace, trace));
    Files.writeString(
        specs.resolve("kmsg.json"),
        """
        {"cdiVersion": "0.5.0", "kind": "vendor.com/kernel", "devices": [{"name": "log",
          "containerEdits": {"deviceNodes": [
            {"path": "/dev/log-of-kernel", "type": "c", "major": 1, "minor": 11}]}}]}
        """);
  }

  @Test
  void aDeviceOfTheFieldBringsAllThatItsFileSays() throws IOException {
    TestContainer container = start(config -> named(config, "vendor.com/gpu=0"));
    assertThat(container.sh("echo $DRIVER $GPU0 $GPU1")).isEqualTo("loaded yes");
    assertThat(container.sh("cat /usr/lib/vendor/version")).isEqualTo("42");
    assertThat(container.exec("touch", "/usr/lib/vendor/x").exitCode()).isNotZero();
    assertThat(container.sh("id -G").split(" ")).contains("4242");
    assertThat(container.exec("sh", "-c", "echo x > /dev/gpu0").err())
        .as("it is /dev/full")
        .contains("No space left");
    assertThat(trace).hasContent("created");
    container.stop(0);
    container.remove();
    assertThat(trace).hasContent("created\nstopped");
  }

  @Test
  void theRulesOfTheDeviceCgroupFollow() throws IOException {
    TestContainer plain = start(config -> {});
    assertThat(plain.exec("sh", "-c", "mknod /k c 1 11 && head -c 1 /k").exitCode()).isNotZero();

    TestContainer container = start(config -> named(config, "vendor.com/kernel=log"));
    assertThat(container.exec("sh", "-c", ": > /dev/log-of-kernel").exitCode())
        .as("a node of the file's own number, which the rules let it open")
        .isZero();
    TestContainer reading = start(config -> named(config, "vendor.com/gpu=1"));
    assertThat(reading.sh("head -c 3 /dev/gpu1 | wc -c")).isEqualTo("3");
    assertThat(reading.sh("stat -c %a /dev/gpu1")).isEqualTo("644");
  }

  @Test
  void annotationsAndTheFieldGoTogetherAndTwiceTheSameCountsOnce() throws IOException {
    TestContainer container =
        start(config -> {
          named(config, "vendor.com/gpu=0");
          config
              .putAnnotations("cdi.k8s.io/plugin_0", "vendor.com/gpu=1,vendor.com/gpu=0")
              .putAnnotations("cdi.k8s.io/plugin_1", "vendor.com/kernel=log")
              .putAnnotations("other/cdi.k8s.io", "not a name");
        });
    assertThat(container.sh("echo $GPU0 $GPU1; ls /dev").lines())
        .contains("yes yes", "gpu0", "gpu1", "log-of-kernel");
    assertThat(trace).as("its hook ran once").hasContent("created");
  }

  @Test
  void anExecSeesTheDevicesVariablesToo() throws IOException {
    TestContainer container = start(config -> named(config, "vendor.com/gpu=1"));
    assertThat(container.exec("env").out().lines()).contains("GPU1=yes", "DRIVER=loaded");
  }

  @Test
  void aFileThatComesLaterIsSeen() throws IOException {
    refused("vendor.com/late=x", Status.Code.FAILED_PRECONDITION);
    Path late = NODE.daemon().devices().resolve("late.json");
    Files.writeString(
        late,
        """
        {"cdiVersion": "0.3.0", "kind": "vendor.com/late",
         "devices": [{"name": "x", "containerEdits": {"env": ["LATE=1"]}}]}
        """);
    assertThat(start(config -> named(config, "vendor.com/late=x")).sh("echo $LATE")).isEqualTo("1");
    Files.delete(late);
    refused("vendor.com/late=x", Status.Code.FAILED_PRECONDITION);
  }

  @Test
  void whatCantBeResolvedFailsTheCreateAndLeavesNothing() throws IOException {
    refused("vendor.com/gpu=7", Status.Code.FAILED_PRECONDITION);
    refused("other.com/gpu=0", Status.Code.FAILED_PRECONDITION);
    for (String name : List.of("gpu0", "vendor.com/gpu", "/dev/null", "vendor.com/gpu=", "")) {
      refused(name, Status.Code.INVALID_ARGUMENT);
    }
    assertRefused(
        () -> start(config -> config.putAnnotations("cdi.k8s.io/x", "vendor.com/gpu=0,,")),
        Status.Code.INVALID_ARGUMENT,
        "cdi.k8s.io/x");
    NODE.assertNoSnapshotIsLeft();
    assertThat(trace).doesNotExist();
  }

  @Test
  void itCanBeSwitchedOff() throws IOException {
    Path configuration = NODE.daemon().configuration();
    String before = Files.readString(configuration);
    try {
      NODE.daemon().stop();
      Files.writeString(configuration, before.replace("[cdi]", "[cdi]\nenabled = false"));
      NODE.daemon().start();
      String message = refused("vendor.com/gpu=0", Status.Code.FAILED_PRECONDITION);
      assertThat(message).contains("CDI disabled");
    } finally {
      NODE.daemon().stop();
      Files.writeString(configuration, before);
      NODE.daemon().start();
    }
  }

  private static String refused(String name, Status.Code code) {
    return assertRefused(() -> start(config -> named(config, name)), code, name);
  }

  private static void named(ContainerConfig.Builder config, String device) {
    config.addCDIDevicesBuilder().setName(device);
  }

  private static TestContainer start(Consumer<ContainerConfig.Builder> more) throws IOException {
    TestPod pod = NODE.pod();
    ContainerConfig.Builder config = pod.container("sleep", "100000");
    more.accept(config);
    return pod.start(config);
  }
}
