package io.jcri.it.node;

import com.google.protobuf.ByteString;
import io.jcri.cri.v1.ContainerConfig;
import io.jcri.cri.v1.ContainerMetadata;
import io.jcri.cri.v1.CreateContainerRequest;
import io.jcri.cri.v1.ImageSpec;
import io.jcri.cri.v1.KeyValue;
import io.jcri.cri.v1.PodSandboxConfig;
import io.jcri.cri.v1.PodSandboxStatus;
import io.jcri.cri.v1.PodSandboxStatusRequest;
import io.jcri.cri.v1.RemovePodSandboxRequest;
import io.jcri.cri.v1.RunPodSandboxRequest;
import io.jcri.cri.v1.StopPodSandboxRequest;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A pod of a {@link TestNode}. */
public final class TestPod {
  private final TestNode node;
  private final PodSandboxConfig config;
  private final String id;
  private final AtomicInteger names = new AtomicInteger();

  private TestPod(TestNode node, PodSandboxConfig config, String id) {
    this.node = node;
    this.config = config;
    this.id = id;
  }

  static TestPod run(TestNode node, PodSandboxConfig config) {
    return new TestPod(node, config, run(node, config, ""));
  }

  /** Calls RunPodSandbox. Returns the pod's id. */
  public static String run(TestNode node, PodSandboxConfig config, String handler) {
    return node.cri()
        .runtime()
        .runPodSandbox(
            RunPodSandboxRequest.newBuilder().setConfig(config).setRuntimeHandler(handler).build())
        .getPodSandboxId();
  }

  /** A pod that was made by another call. */
  public static TestPod of(TestNode node, PodSandboxConfig config, String id) {
    return new TestPod(node, config, id);
  }

  /** A container of it that was made by another call. */
  public TestContainer container(ContainerConfig container, String id) {
    return new TestContainer(node, this, container, id);
  }

  public String id() {
    return id;
  }

  public PodSandboxConfig config() {
    return config;
  }

  public PodSandboxStatus status() {
    return node.cri()
        .runtime()
        .podSandboxStatus(PodSandboxStatusRequest.newBuilder().setPodSandboxId(id).build())
        .getStatus();
  }

  /** What the verbose status tells beyond the status, as JSON. */
  public String info() {
    return node.cri()
        .runtime()
        .podSandboxStatus(
            PodSandboxStatusRequest.newBuilder().setPodSandboxId(id).setVerbose(true).build())
        .getInfoOrThrow("info");
  }

  /** The process id of its pause process. */
  public int pausePid() {
    return Verbose.number(
        node.cri()
            .runtime()
            .podSandboxStatus(
                PodSandboxStatusRequest.newBuilder().setPodSandboxId(id).setVerbose(true).build())
            .getInfoMap(),
        "pid");
  }

  /** The pod's first address. */
  public String ip() {
    return status().getNetwork().getIp();
  }

  public void stop() {
    node.cri()
        .runtime()
        .stopPodSandbox(StopPodSandboxRequest.newBuilder().setPodSandboxId(id).build());
  }

  public void remove() {
    node.cri()
        .runtime()
        .removePodSandbox(RemovePodSandboxRequest.newBuilder().setPodSandboxId(id).build());
  }

  /** A busybox container with a name and a log of its own. */
  public ContainerConfig.Builder container(String... command) {
    String name = "c" + names.incrementAndGet();
    ContainerConfig.Builder container =
        ContainerConfig.newBuilder()
            .setMetadata(ContainerMetadata.newBuilder().setName(name))
            .setImage(ImageSpec.newBuilder().setImage(node.busybox()))
            .addAllCommand(List.of(command))
            .setLogPath(name + ".log");
    container
        .getLinuxBuilder()
        .getSecurityContextBuilder()
        .setNamespaceOptions(config.getLinux().getSecurityContext().getNamespaceOptions());
    return container;
  }

  /** The same, of a pod that may have such, with all that the node has. */
  public ContainerConfig.Builder privileged(String... command) {
    ContainerConfig.Builder container = container(command);
    container.getLinuxBuilder().getSecurityContextBuilder().setPrivileged(true);
    return container;
  }

  /** A variable for a container's environment. */
  public static KeyValue variable(String name, String value) {
    return KeyValue.newBuilder().setKey(name).setValue(ByteString.copyFromUtf8(value)).build();
  }

  /** Creates a container. */
  public TestContainer create(ContainerConfig.Builder container) {
    ContainerConfig built = container.build();
    String made =
        node.cri()
            .runtime()
            .createContainer(
                CreateContainerRequest.newBuilder()
                    .setPodSandboxId(id)
                    .setSandboxConfig(config)
                    .setConfig(built)
                    .build())
            .getContainerId();
    return new TestContainer(node, this, built, made);
  }

  /** Creates and starts a container. */
  public TestContainer start(ContainerConfig.Builder container) {
    TestContainer created = create(container);
    created.start();
    return created;
  }

  /** Creates and starts a busybox container. */
  public TestContainer start(String... command) {
    return start(container(command));
  }

  /** Creates and starts a busybox container that waits to be ended. */
  public TestContainer idle() {
    return start("sleep", "100000");
  }
}
