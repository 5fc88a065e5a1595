package io.jcri.it.nri;

import static io.jcri.it.node.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status.Code;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import io.jcri.nri.v1alpha1.NriApi;
import io.jcri.nri.v1alpha1.NriApi.ContainerAdjustment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What plugins change in a container that is being created, seen from inside it. */
class AdjustmentTest {
  @RegisterExtension static final TestNode NODE = new TestNode();

  @BeforeAll
  static void bePatient() throws IOException {
    NriSettings.change(NODE, NriSettings.PATIENT + NriSettings.PATIENT_AT_THE_DOOR);
  }

  @Test
  void theContainerIsWhatThePluginMadeOfIt() throws IOException {
    Path shared = Files.createDirectories(NODE.scratch().disk().resolve("shared"));
    Files.writeString(shared.resolve("file"), "from the host");
    Path trace = NODE.scratch().disk().resolve("hook-was-here");
    Path hook =
        Files.writeString(
            NODE.scratch().disk().resolve("hook.sh"), "#!/bin/sh\ncat > " + trace + "\n");
    Files.setPosixFilePermissions(hook, PosixFilePermissions.fromString("rwxr-xr-x"));
    ContainerAdjustment.Builder adjustment =
        ContainerAdjustment.newBuilder()
            .putAnnotations("nri.example/added", "yes")
            .addEnv(NriApi.KeyValue.newBuilder().setKey("ADDED").setValue("by the plugin"))
            .addEnv(NriApi.KeyValue.newBuilder().setKey("-UNWANTED"))
            .addMounts(
                NriApi.Mount.newBuilder()
                    .setDestination("/from-nri")
                    .setType("bind")
                    .setSource(shared.toString())
                    .addOptions("bind")
                    .addOptions("ro"))
            .addRlimits(
                NriApi.POSIXRlimit.newBuilder().setType("RLIMIT_NOFILE").setHard(321).setSoft(123));
    adjustment
        .getHooksBuilder()
        .addCreateRuntimeBuilder()
        .setPath(hook.toString())
        .addArgs("hook.sh");
    NriApi.LinuxContainerAdjustment.Builder linux = adjustment.getLinuxBuilder();
    linux
        .addDevicesBuilder()
        .setPath("/dev/nri-zero")
        .setType("c")
        .setMajor(1)
        .setMinor(5)
        .getFileModeBuilder()
        .setValue(0666);
    linux.getOomScoreAdjBuilder().setValue(777);
    linux.getResourcesBuilder().getMemoryBuilder().getLimitBuilder().setValue(48 << 20);
    linux.getResourcesBuilder().getCpuBuilder().getSharesBuilder().setValue(300);

    try (TestPlugin plugin =
        TestPlugin.join(NODE.daemon().nriSocket(), "10", "adjuster").adjust(adjustment.build())) {
      TestPod pod = NODE.pod();
      var config = pod.container("sleep", "100000");
      config.addEnvs(TestPod.variable("UNWANTED", "x")).addEnvs(TestPod.variable("KEPT", "k"));
      TestContainer container = pod.start(config);

      assertThat(container.sh("echo $ADDED/$UNWANTED/$KEPT")).isEqualTo("by the plugin//k");
      assertThat(container.sh("cat /from-nri/file")).isEqualTo("from the host");
      assertThat(container.exec("touch", "/from-nri/new").err()).contains("Read-only");
      assertThat(container.sh("head -c 3 /dev/nri-zero | wc -c")).isEqualTo("3");
      assertThat(Files.readAllLines(Path.of("/proc/" + container.pid() + "/limits")))
          .anyMatch(line -> line.matches("Max open files +123 +321 .*"));
      assertThat(Files.readString(Path.of("/proc/" + container.pid() + "/oom_score_adj")).strip())
          .isEqualTo("777");
      assertThat(Files.readString(trace)).contains("\"id\"").contains(container.id());
      var told = container.status().getResources().getLinux();
      assertThat(told.getMemoryLimitInBytes()).isEqualTo(48 << 20);
      assertThat(told.getCpuShares()).isEqualTo(300);
      NriApi.Container seen = plugin.awaitCall("PostCreateContainer").container();
      assertThat(seen.getAnnotationsMap()).containsEntry("nri.example/added", "yes");
      assertThat(seen.getEnvList()).contains("ADDED=by the plugin").doesNotContain("UNWANTED=x");
      assertThat(seen.getLinux().getResources().getMemory().getLimit().getValue())
          .isEqualTo(48 << 20);
    }
  }

  @Test
  void argumentsNamespacesAndSysctlsToo() throws IOException {
    ContainerAdjustment.Builder adjustment =
        ContainerAdjustment.newBuilder()
            .addArgs("sh")
            .addArgs("-c")
            .addArgs("echo forced $(cat /proc/sys/kernel/shm_rmid_forced); sleep 99");
    adjustment.getLinuxBuilder().addNamespacesBuilder().setType("ipc");
    adjustment.getLinuxBuilder().putSysctl("kernel.shm_rmid_forced", "1");
    try (TestPlugin _ =
        TestPlugin.join(NODE.daemon().nriSocket(), "10", "args").adjust(adjustment.build())) {
      TestContainer container = NODE.pod().start("false");
      container.awaitLog("forced 1");
    }
  }

  @Test
  void aMountOfTheContainersCanBeTakenAway() throws IOException {
    ContainerAdjustment adjustment =
        ContainerAdjustment.newBuilder()
            .addMounts(NriApi.Mount.newBuilder().setDestination("-/volume"))
            .build();
    Path volume = Files.createDirectories(NODE.scratch().disk().resolve("volume"));
    Files.writeString(volume.resolve("file"), "x");
    try (TestPlugin _ =
        TestPlugin.join(NODE.daemon().nriSocket(), "10", "unmounter").adjust(adjustment)) {
      TestPod pod = NODE.pod();
      var config = pod.container("sleep", "100000");
      config.addMountsBuilder().setHostPath(volume.toString()).setContainerPath("/volume");
      assertThat(pod.start(config).exec("ls", "/volume/file").exitCode()).isNotZero();
    }
  }

  @Test
  void pluginsAreAskedInTheOrderOfTheirIndicesAndSeeWhatThoseBeforeHaveMade() throws IOException {
    Path socket = NODE.daemon().nriSocket();
    try (TestPlugin last = TestPlugin.join(socket, "90", "last").adjust(env("LAST", "3"));
        TestPlugin first = TestPlugin.join(socket, "05", "first").adjust(env("FIRST", "1"))) {
      TestContainer container = NODE.pod().idle();
      assertThat(first.awaitCall("CreateContainer").container().getEnvList())
          .doesNotContain("LAST=3");
      assertThat(last.awaitCall("CreateContainer").container().getEnvList()).contains("FIRST=1");
      assertThat(container.sh("echo $FIRST$LAST")).isEqualTo("13");
    }
  }

  @Test
  void twoPluginsThatSetTheSameFailTheCreationAndBothAreNamed() throws IOException {
    Path socket = NODE.daemon().nriSocket();
    try (TestPlugin _ = TestPlugin.join(socket, "10", "one").adjust(env("SAME", "1"));
        TestPlugin other = TestPlugin.join(socket, "20", "other").adjust(env("SAME", "2"))) {
      TestPod pod = NODE.pod();
      var config = pod.container("true");
      assertRefused(
          () -> pod.create(config), Code.FAILED_PRECONDITION, "10-one", "20-other", "SAME");
      NODE.assertNoSnapshotIsLeft();
      // Who heard of the container hears of its end.
      assertThat(other.methods()).endsWith("StopContainer", "RemoveContainer");

      other.adjust(
          ContainerAdjustment.newBuilder()
              .addEnv(NriApi.KeyValue.newBuilder().setKey("-SAME"))
              .addEnv(NriApi.KeyValue.newBuilder().setKey("SAME").setValue("2"))
              .build());
      assertThat(pod.idle().sh("echo $SAME")).isEqualTo("2");
    }
  }

  @Test
  void aValidatingPluginHasTheLastWord() throws IOException {
    Path socket = NODE.daemon().nriSocket();
    try (TestPlugin _ = TestPlugin.join(socket, "10", "maker").adjust(env("MADE", "1"));
        TestPlugin judge = TestPlugin.join(socket, "50", "judge")) {
      judge.on(
          "ValidateContainerAdjustment",
          request -> {
            var asked = NriApi.ValidateContainerAdjustmentRequest.parseFrom(request);
            String owner =
                asked
                    .getOwners()
                    .getOwnersOrThrow(asked.getContainer().getId())
                    .getCompoundOrThrow(NriApi.Field.Env_VALUE)
                    .getOwnersOrThrow("MADE");
            return NriApi.ValidateContainerAdjustmentResponse.newBuilder()
                .setReject(true)
                .setReason("made by " + owner + " of " + asked.getPluginsCount())
                .build();
          });
      TestPod pod = NODE.pod();
      var config = pod.container("true");
      assertRefused(
          () -> pod.create(config), Code.FAILED_PRECONDITION, "50-judge", "made by 10-maker of 2");
      NODE.assertNoSnapshotIsLeft();
    }
  }

  @Test
  void aCdiDeviceIsResolvedOrTheCreationFails() throws IOException {
    Path specs = Files.createDirectories(NODE.daemon().devices());
    Files.writeString(
        specs.resolve("nri.json"),
        """
        {"cdiVersion": "0.5.0", "kind": "vendor.com/nri", "devices": [{"name": "0",
          "containerEdits": {"env": ["FROM_CDI=yes"]}}]}
        """);
    var adjustment = ContainerAdjustment.newBuilder();
    adjustment.addCDIDevicesBuilder().setName("vendor.com/nri=0");
    try (TestPlugin plugin =
        TestPlugin.join(NODE.daemon().nriSocket(), "10", "cdi").adjust(adjustment.build())) {
      TestPod pod = NODE.pod();
      assertThat(pod.idle().sh("echo $FROM_CDI")).isEqualTo("yes");
      adjustment.addCDIDevicesBuilder().setName("vendor.com/nri=none");
      plugin.adjust(adjustment.build());
      var config = pod.container("true");
      assertRefused(() -> pod.create(config), Code.FAILED_PRECONDITION, "vendor.com/nri=none");
    }
  }

  @Test
  void aBlockIoClassThatNobodyDefinedIsRefused() throws IOException {
    ContainerAdjustment.Builder adjustment = ContainerAdjustment.newBuilder();
    adjustment.getLinuxBuilder().getResourcesBuilder().getBlockioClassBuilder().setValue("fast");
    try (TestPlugin _ =
        TestPlugin.join(NODE.daemon().nriSocket(), "10", "blockio").adjust(adjustment.build())) {
      TestPod pod = NODE.pod();
      var config = pod.container("true");
      assertRefused(() -> pod.create(config), Code.FAILED_PRECONDITION, "fast");
      NODE.assertNoSnapshotIsLeft();
    }
  }

  private static ContainerAdjustment env(String name, String value) {
    return ContainerAdjustment.newBuilder()
        .addAllEnv(List.of(NriApi.KeyValue.newBuilder().setKey(name).setValue(value).build()))
        .build();
  }
}
