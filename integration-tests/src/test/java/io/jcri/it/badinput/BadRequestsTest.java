package io.jcri.it.badinput;

import static io.jcri.it.node.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.jcri.cri.v1.ContainerConfig;
import io.jcri.cri.v1.ContainerStatusRequest;
import io.jcri.cri.v1.CreateContainerRequest;
import io.jcri.cri.v1.ExecSyncRequest;
import io.jcri.cri.v1.ImageServiceGrpc;
import io.jcri.cri.v1.PodSandboxConfig;
import io.jcri.cri.v1.PodSandboxStatusRequest;
import io.jcri.cri.v1.ReopenContainerLogRequest;
import io.jcri.cri.v1.RunPodSandboxRequest;
import io.jcri.cri.v1.RuntimeServiceGrpc;
import io.jcri.cri.v1.StartContainerRequest;
import io.jcri.cri.v1.UpdateRuntimeConfigRequest;
import io.jcri.cri.v1.UpdateRuntimeConfigResponse;
import io.jcri.cri.v1.VersionRequest;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Requests that make no sense. */
class BadRequestsTest {
  private static final String UNKNOWN = "0123456789abcdef0123456789abcdef";

  @RegisterExtension static final TestNode NODE = new TestNode();

  @Test
  void aProgramThatCannotBeStartedIsRefusedByField() throws IOException {
    TestPod pod = NODE.pod();
    assertRefused(
        () -> pod.create(pod.container("true").setWorkingDir("here")),
        Code.INVALID_ARGUMENT,
        "config.working_dir",
        "here");
    assertRefused(
        () -> pod.create(pod.container("true").setWorkingDir("/a\0b")),
        Code.INVALID_ARGUMENT,
        "config.working_dir");
    assertRefused(
        () -> pod.create(pod.container("true", "x".repeat(3 << 20))),
        Code.INVALID_ARGUMENT,
        "config.command and config.args: argument 1");
    assertRefused(
        () -> pod.create(pod.container("true", "a\0b")),
        Code.INVALID_ARGUMENT,
        "config.command has a NUL");
    var container = pod.idle();
    for (String argument : List.of("x".repeat(3 << 20), "a\0b")) {
      assertRefused(
          () ->
              NODE.cri()
                  .runtime()
                  .execSync(
                      ExecSyncRequest.newBuilder()
                          .setContainerId(container.id())
                          .addCmd("true")
                          .addCmd(argument)
                          .build()),
          Code.INVALID_ARGUMENT,
          "cmd");
    }
  }

  @Test
  void aControlGroupThatCannotBeIsRefusedByField() throws IOException {
    PodSandboxConfig.Builder pod = NODE.podConfig();
    pod.getLinuxBuilder().setCgroupParent("/a/../b.slice/..");
    assertRefused(() -> NODE.pod(pod), Code.INVALID_ARGUMENT, "config.linux.cgroup_parent");
  }

  @Test
  void unknownIdsAreNotFoundByName() throws IOException {
    var runtime = NODE.cri().runtime();
    assertRefused(
        () ->
            runtime.podSandboxStatus(
                PodSandboxStatusRequest.newBuilder().setPodSandboxId(UNKNOWN).build()),
        Code.NOT_FOUND,
        UNKNOWN);
    assertRefused(
        () ->
            runtime.containerStatus(
                ContainerStatusRequest.newBuilder().setContainerId(UNKNOWN).build()),
        Code.NOT_FOUND,
        UNKNOWN);
    assertRefused(
        () ->
            runtime.startContainer(
                StartContainerRequest.newBuilder().setContainerId(UNKNOWN).build()),
        Code.NOT_FOUND,
        UNKNOWN);
    assertRefused(
        () ->
            runtime.reopenContainerLog(
                ReopenContainerLogRequest.newBuilder().setContainerId(UNKNOWN).build()),
        Code.NOT_FOUND,
        UNKNOWN);
    TestPod pod = NODE.pod();
    assertRefused(
        () ->
            runtime.createContainer(
                CreateContainerRequest.newBuilder()
                    .setPodSandboxId(UNKNOWN)
                    .setConfig(pod.container("true"))
                    .setSandboxConfig(pod.config())
                    .build()),
        Code.NOT_FOUND,
        UNKNOWN);
  }

  @Test
  void anEmptyIdIsNoId() {
    assertRefused(
        () -> NODE.cri().runtime().podSandboxStatus(PodSandboxStatusRequest.getDefaultInstance()),
        Code.INVALID_ARGUMENT,
        "id");
  }

  @Test
  void aPodNeedsAllOfItsName() throws IOException {
    assertRefused(
        () -> NODE.cri().runtime().runPodSandbox(RunPodSandboxRequest.getDefaultInstance()),
        Code.INVALID_ARGUMENT,
        "config");
    PodSandboxConfig.Builder noName = NODE.podConfig();
    noName.getMetadataBuilder().clearName();
    assertPodRefused(noName, Code.INVALID_ARGUMENT, "metadata.name");
    PodSandboxConfig.Builder noNamespace = NODE.podConfig();
    noNamespace.getMetadataBuilder().clearNamespace();
    assertPodRefused(noNamespace, Code.INVALID_ARGUMENT, "metadata.namespace");
    PodSandboxConfig.Builder noUid = NODE.podConfig();
    noUid.getMetadataBuilder().clearUid();
    assertPodRefused(noUid, Code.INVALID_ARGUMENT, "metadata.uid");
    assertPodRefused(NODE.podConfig().clearMetadata(), Code.INVALID_ARGUMENT, "metadata");
  }

  @Test
  void namesThatCouldNotBeUndoneAreRefusedBeforeThereIsARecord() throws IOException {
    PodSandboxConfig.Builder name = NODE.podConfig();
    name.getMetadataBuilder().setName("a\0b");
    assertPodRefused(name, Code.INVALID_ARGUMENT, "config.metadata.name has a NUL");
    PodSandboxConfig.Builder uid = NODE.podConfig();
    uid.getMetadataBuilder().setUid("a\0b");
    assertPodRefused(uid, Code.INVALID_ARGUMENT, "config.metadata.uid has a NUL");
    PodSandboxConfig.Builder namespace = NODE.podConfig();
    namespace.getMetadataBuilder().setNamespace("n".repeat(200_000));
    assertPodRefused(namespace, Code.INVALID_ARGUMENT, "config.metadata.namespace has 200000");
    PodSandboxConfig.Builder cgroup = NODE.podConfig();
    cgroup.getLinuxBuilder().setCgroupParent("/a".repeat(2500));
    assertPodRefused(cgroup, Code.INVALID_ARGUMENT, "config.linux.cgroup_parent");
    assertPodRefused(
        NODE.podConfig().putAnnotations("k", "\0"), Code.INVALID_ARGUMENT, "config.annotations");
    NODE.assertNoPodIsLeft();
    TestPod pod = NODE.pod();
    for (ContainerConfig.Builder container :
        List.of(
            pod.container("a\0b"),
            pod.container("true").setLogPath("a\0b"),
            pod.container("true").setWorkingDir("/a\0b"),
            pod.container("true").putLabels("a\0b", ""))) {
      assertRefused(() -> pod.create(container), Code.INVALID_ARGUMENT, "has a NUL");
    }
  }

  @Test
  void anUnknownHandlerIsNamed() throws IOException {
    PodSandboxConfig config = NODE.podConfig().build();
    assertRefused(
        () -> TestPod.run(NODE, config, "no-such-handler"),
        Code.INVALID_ARGUMENT,
        "no-such-handler",
        "runc");
  }

  @Test
  void sysctlsThatWouldChangeTheNodeAreNamed() throws IOException {
    for (String name : new String[] {"vm.swappiness", "kernel.panic", "net/../kernel/panic"}) {
      PodSandboxConfig.Builder config = NODE.podConfig();
      config.getLinuxBuilder().putSysctls(name, "1");
      assertPodRefused(config, Code.INVALID_ARGUMENT, name);
    }
    PodSandboxConfig.Builder smuggled = NODE.podConfig();
    smuggled.getLinuxBuilder().putSysctls("kernel.shm_rmid_forced", "1+kernel.core_pattern=|/x");
    assertPodRefused(smuggled, Code.INVALID_ARGUMENT, "kernel.shm_rmid_forced");
    PodSandboxConfig.Builder hosts = NODE.hostNetworkConfig();
    hosts.getLinuxBuilder().putSysctls("net.core.somaxconn", "77");
    assertPodRefused(hosts, Code.INVALID_ARGUMENT, "net.core.somaxconn");
  }

  @Test
  void aSysctlThatTheKernelRefusesIsNamedAndThePodIsUndone() throws IOException {
    PodSandboxConfig.Builder unknown = NODE.podConfig();
    unknown.getLinuxBuilder().putSysctls("net.ipv4.no_such_thing", "1");
    assertPodRefused(unknown, Code.INVALID_ARGUMENT, "net.ipv4.no_such_thing");
    PodSandboxConfig.Builder value = NODE.podConfig();
    value.getLinuxBuilder().putSysctls("net.ipv4.ip_unprivileged_port_start", "many");
    assertPodRefused(value, Code.INVALID_ARGUMENT, "net.ipv4.ip_unprivileged_port_start");
  }

  @Test
  void aHostnameTheKernelWouldNotTakeIsNamed() throws IOException {
    String name = "x".repeat(65);
    assertPodRefused(NODE.podConfig().setHostname(name), Code.INVALID_ARGUMENT, name);
    assertPodRefused(
        NODE.hostNetworkConfig().setHostname("my-own"), Code.INVALID_ARGUMENT, "my-own");
  }

  @Test
  void aContainerNeedsANameAndAnImageThatIsHere() throws IOException {
    TestPod pod = NODE.pod();
    ContainerConfig.Builder noName = pod.container("true");
    noName.getMetadataBuilder().clearName();
    assertRefused(() -> pod.create(noName), Code.INVALID_ARGUMENT, "metadata.name");

    assertRefused(
        () -> pod.create(pod.container("true").clearImage()), Code.INVALID_ARGUMENT, "image");

    ContainerConfig.Builder missing = pod.container("true");
    missing.getImageBuilder().setImage("example.com/not/here:1");
    assertRefused(() -> pod.create(missing), Code.NOT_FOUND, "example.com/not/here:1");
    NODE.assertNoSnapshotIsLeft();
  }

  @Test
  void aLogOutsideOfThePodsFolderIsRefused() throws IOException {
    TestPod pod = NODE.pod();
    assertRefused(
        () -> pod.create(pod.container("true").setLogPath("../../escape.log")),
        Code.INVALID_ARGUMENT,
        "escape.log");
    NODE.assertNoSnapshotIsLeft();
  }

  @Test
  void aMalformedCapabilityIsNamed() throws IOException {
    TestPod pod = NODE.pod();
    ContainerConfig.Builder config = pod.container("true");
    config
        .getLinuxBuilder()
        .getSecurityContextBuilder()
        .getCapabilitiesBuilder()
        .addAddCapabilities("NO_SUCH_CAP");
    assertRefused(() -> pod.create(config), Code.INVALID_ARGUMENT, "NO_SUCH_CAP");
    NODE.assertNoSnapshotIsLeft();
  }

  @Test
  void aPodCidrThatIsNoneIsNamedAndNoneIsNoError() {
    assertRefused(
        () -> updateRuntimeConfig("10.1.0.0/99"), Code.INVALID_ARGUMENT, "network", "10.1.0.0/99");
    assertThat(updateRuntimeConfig("")).isEqualTo(UpdateRuntimeConfigResponse.getDefaultInstance());
  }

  private static UpdateRuntimeConfigResponse updateRuntimeConfig(String podCidr) {
    UpdateRuntimeConfigRequest.Builder request = UpdateRuntimeConfigRequest.newBuilder();
    request.getRuntimeConfigBuilder().getNetworkConfigBuilder().setPodCidr(podCidr);
    return NODE.cri().runtime().updateRuntimeConfig(request.build());
  }

  /** Whatever the empty request gets: no call of the API is missing. */
  @Test
  void everyCallIsThere() {
    List<MethodDescriptor<?, ?>> calls =
        Stream.of(
                RuntimeServiceGrpc.getServiceDescriptor(), ImageServiceGrpc.getServiceDescriptor())
            .<MethodDescriptor<?, ?>>flatMap(service -> service.getMethods().stream())
            .toList();
    assertThat(calls).hasSize(43);
    for (MethodDescriptor<?, ?> call : calls) {
      assertThat(answer(call)).as(call.getFullMethodName()).isNotEqualTo(Code.UNIMPLEMENTED);
    }
  }

  /** 16 KiB of it may be 16 MiB. */
  @Test
  void whatIsCompressedIsNotTakenApart() {
    assertRefused(
        () ->
            NODE.cri()
                .runtime()
                .withCompression("gzip")
                .version(VersionRequest.getDefaultInstance()),
        Code.UNIMPLEMENTED,
        "gzip");
  }

  private static <Q> Code answer(MethodDescriptor<Q, ?> call) {
    Q empty = call.parseRequest(InputStream.nullInputStream());
    // a stream of events has no end of its own
    CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(2, TimeUnit.SECONDS);
    try {
      ClientCalls.blockingServerStreamingCall(
              NODE.cri().runtime().getChannel(), call, options, empty)
          .forEachRemaining(_ -> {});
      return Code.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode();
    }
  }

  @AfterEach
  void noPodIsLeftOfARefusedOne() throws IOException {
    NODE.cri().removeAllPods();
    NODE.assertNoPodIsLeft();
  }

  private static void assertPodRefused(PodSandboxConfig.Builder config, Code code, String... parts)
      throws IOException {
    PodSandboxConfig built = config.build();
    assertRefused(() -> TestPod.run(NODE, built, ""), code, parts);
    NODE.assertNoPodIsLeft();
  }
}
