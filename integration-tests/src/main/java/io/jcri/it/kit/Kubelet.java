package io.jcri.it.kit;

import com.google.protobuf.ByteString;
import io.jcri.cri.v1.AuthConfig;
import io.jcri.cri.v1.ContainerConfig;
import io.jcri.cri.v1.ContainerMetadata;
import io.jcri.cri.v1.ContainerState;
import io.jcri.cri.v1.ContainerStatus;
import io.jcri.cri.v1.ContainerStatusRequest;
import io.jcri.cri.v1.CreateContainerRequest;
import io.jcri.cri.v1.ExecSyncRequest;
import io.jcri.cri.v1.ExecSyncResponse;
import io.jcri.cri.v1.ImageSpec;
import io.jcri.cri.v1.NamespaceMode;
import io.jcri.cri.v1.NamespaceOption;
import io.jcri.cri.v1.PodSandboxConfig;
import io.jcri.cri.v1.PodSandboxMetadata;
import io.jcri.cri.v1.PodSandboxStatus;
import io.jcri.cri.v1.PodSandboxStatusRequest;
import io.jcri.cri.v1.PullImageRequest;
import io.jcri.cri.v1.RemoveContainerRequest;
import io.jcri.cri.v1.RemovePodSandboxRequest;
import io.jcri.cri.v1.RunPodSandboxRequest;
import io.jcri.cri.v1.StartContainerRequest;
import io.jcri.cri.v1.StopContainerRequest;
import io.jcri.cri.v1.StopPodSandboxRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/**
 * Drives a runtime as the kubelet does, in as few words as a test can have. Thread-safe. Errors of
 * the runtime come as StatusRuntimeException.
 *
 * @param logs where the pods' log directories are
 */
public record Kubelet(CriClient client, Path logs) {
  private static final Duration EXIT_PATIENCE = Duration.ofMinutes(1);

  /** Describes a pod of its own namespaces, named so and with a fresh uid. */
  public PodSandboxConfig.Builder pod(String name) {
    PodSandboxConfig.Builder pod =
        PodSandboxConfig.newBuilder()
            .setMetadata(
                PodSandboxMetadata.newBuilder()
                    .setName(name)
                    .setNamespace("test")
                    .setUid(UUID.randomUUID().toString()))
            .setHostname(name)
            .setLogDirectory(logs.resolve(name).toString());
    pod.getLinuxBuilder().getSecurityContextBuilder().setNamespaceOptions(containerPids());
    return pod;
  }

  /** Describes a pod in the node's network. */
  public PodSandboxConfig.Builder hostNetworkPod(String name) {
    PodSandboxConfig.Builder pod = pod(name).clearHostname();
    pod.getLinuxBuilder()
        .getSecurityContextBuilder()
        .setNamespaceOptions(containerPids().setNetwork(NamespaceMode.NODE));
    return pod;
  }

  /** Describes a container that runs {@code command}, or what the image says when there is none. */
  public static ContainerConfig.Builder container(String name, String image, String... command) {
    ContainerConfig.Builder container =
        ContainerConfig.newBuilder()
            .setMetadata(ContainerMetadata.newBuilder().setName(name))
            .setImage(ImageSpec.newBuilder().setImage(image))
            .addAllCommand(List.of(command))
            .setLogPath(name + ".log");
    container.getLinuxBuilder().getSecurityContextBuilder().setNamespaceOptions(containerPids());
    return container;
  }

  private static NamespaceOption.Builder containerPids() {
    return NamespaceOption.newBuilder().setPid(NamespaceMode.CONTAINER);
  }

  /** Pulls an image and returns its id. */
  public String pull(String reference) {
    return pull(reference, AuthConfig.getDefaultInstance());
  }

  /** Pulls an image with credentials and returns its id. */
  public String pull(String reference, AuthConfig credentials) {
    return client
        .images()
        .pullImage(
            PullImageRequest.newBuilder()
                .setImage(ImageSpec.newBuilder().setImage(reference))
                .setAuth(credentials)
                .build())
        .getImageRef();
  }

  /** Runs a pod and returns its id. */
  public String run(PodSandboxConfig pod) {
    return client
        .runtime()
        .runPodSandbox(RunPodSandboxRequest.newBuilder().setConfig(pod).build())
        .getPodSandboxId();
  }

  /** Creates a container and returns its id. */
  public String create(String podId, PodSandboxConfig pod, ContainerConfig container) {
    return client
        .runtime()
        .createContainer(
            CreateContainerRequest.newBuilder()
                .setPodSandboxId(podId)
                .setSandboxConfig(pod)
                .setConfig(container)
                .build())
        .getContainerId();
  }

  /** Starts a created container. */
  public void start(String containerId) {
    client
        .runtime()
        .startContainer(StartContainerRequest.newBuilder().setContainerId(containerId).build());
  }

  /** Creates and starts a container and returns its id. */
  public String start(String podId, PodSandboxConfig pod, ContainerConfig container) {
    String id = create(podId, pod, container);
    start(id);
    return id;
  }

  /** Runs a command in a container. */
  public ExecSyncResponse exec(String containerId, String... command) {
    return client
        .runtime()
        .execSync(
            ExecSyncRequest.newBuilder()
                .setContainerId(containerId)
                .addAllCmd(List.of(command))
                .setTimeout(60)
                .build());
  }

  /** Runs a command in a container that must succeed, and returns what it printed, stripped. */
  public String output(String containerId, String... command) throws IOException {
    ExecSyncResponse response = exec(containerId, command);
    if (response.getExitCode() != 0) {
      throw new IOException(
          "%s ended with %d: %s"
              .formatted(
                  List.of(command), response.getExitCode(), response.getStderr().toStringUtf8()));
    }
    ByteString out = response.getStdout();
    return out.toStringUtf8().strip();
  }

  /** Tells a container's state. */
  public ContainerStatus status(String containerId) {
    return client
        .runtime()
        .containerStatus(ContainerStatusRequest.newBuilder().setContainerId(containerId).build())
        .getStatus();
  }

  /** Tells a pod's state. */
  public PodSandboxStatus podStatus(String podId) {
    return client
        .runtime()
        .podSandboxStatus(PodSandboxStatusRequest.newBuilder().setPodSandboxId(podId).build())
        .getStatus();
  }

  /** Waits until a container has ended, and tells its state. */
  public ContainerStatus awaitExit(String containerId) throws IOException {
    Waiting.until(
        EXIT_PATIENCE,
        () -> status(containerId).getState() == ContainerState.CONTAINER_EXITED,
        () -> "container %s has not ended".formatted(containerId));
    return status(containerId);
  }

  /** Stops a container with a grace period. */
  public void stop(String containerId, long graceSeconds) {
    client
        .runtime()
        .stopContainer(
            StopContainerRequest.newBuilder()
                .setContainerId(containerId)
                .setTimeout(graceSeconds)
                .build());
  }

  /** Removes a container. */
  public void remove(String containerId) {
    client
        .runtime()
        .removeContainer(RemoveContainerRequest.newBuilder().setContainerId(containerId).build());
  }

  /** Stops a pod. */
  public void stopPod(String podId) {
    client
        .runtime()
        .stopPodSandbox(StopPodSandboxRequest.newBuilder().setPodSandboxId(podId).build());
  }

  /** Stops a pod and removes it. */
  public void removePod(String podId) {
    stopPod(podId);
    client
        .runtime()
        .removePodSandbox(RemovePodSandboxRequest.newBuilder().setPodSandboxId(podId).build());
  }
}
