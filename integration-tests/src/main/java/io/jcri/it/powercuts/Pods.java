package io.jcri.it.powercuts;

import io.jcri.cri.v1.ContainerConfig;
import io.jcri.cri.v1.ContainerMetadata;
import io.jcri.cri.v1.ContainerState;
import io.jcri.cri.v1.ContainerStatus;
import io.jcri.cri.v1.ContainerStatusRequest;
import io.jcri.cri.v1.CreateContainerRequest;
import io.jcri.cri.v1.ImageSpec;
import io.jcri.cri.v1.NamespaceMode;
import io.jcri.cri.v1.PodSandboxConfig;
import io.jcri.cri.v1.PodSandboxMetadata;
import io.jcri.cri.v1.RemovePodSandboxRequest;
import io.jcri.cri.v1.RunPodSandboxRequest;
import io.jcri.cri.v1.StartContainerRequest;
import io.jcri.cri.v1.StopPodSandboxRequest;
import io.jcri.it.kit.CriClient;
import java.time.Duration;
import java.util.List;

/** Pods and containers as this machine makes them. Thread-safe. */
record Pods(CriClient client, String cgroup) {

  /** Runs one; it has an address of its own unless it is on the host's network. */
  String run(String name, boolean hostNetwork) {
    return client
        .runtime()
        .runPodSandbox(
            RunPodSandboxRequest.newBuilder().setConfig(config(name, hostNetwork)).build())
        .getPodSandboxId();
  }

  /** Creates a container in one. */
  String create(String pod, String name, String image, List<String> command) {
    ContainerConfig config =
        ContainerConfig.newBuilder()
            .setMetadata(ContainerMetadata.newBuilder().setName(name))
            .setImage(ImageSpec.newBuilder().setImage(image))
            .addAllCommand(command)
            .build();
    return client
        .runtime()
        .createContainer(
            CreateContainerRequest.newBuilder()
                .setPodSandboxId(pod)
                .setConfig(config)
                .setSandboxConfig(config("unused", false))
                .build())
        .getContainerId();
  }

  void start(String container) {
    var _ =
        client
            .runtime()
            .startContainer(StartContainerRequest.newBuilder().setContainerId(container).build());
  }

  /** Returns a container's status when it has ended, or when it has taken too long. */
  ContainerStatus awaitEnd(String container, Duration limit) throws InterruptedException {
    var request = ContainerStatusRequest.newBuilder().setContainerId(container).build();
    long deadline = System.nanoTime() + limit.toNanos();
    while (true) {
      ContainerStatus status = client.runtime().containerStatus(request).getStatus();
      if (status.getState() == ContainerState.CONTAINER_EXITED
          || System.nanoTime() - deadline > 0) {
        return status;
      }
      Thread.sleep(Duration.ofMillis(10));
    }
  }

  void remove(String pod) {
    var _ =
        client
            .runtime()
            .stopPodSandbox(StopPodSandboxRequest.newBuilder().setPodSandboxId(pod).build());
    var _ =
        client
            .runtime()
            .removePodSandbox(RemovePodSandboxRequest.newBuilder().setPodSandboxId(pod).build());
  }

  private PodSandboxConfig config(String name, boolean hostNetwork) {
    PodSandboxConfig.Builder config =
        PodSandboxConfig.newBuilder()
            .setMetadata(
                PodSandboxMetadata.newBuilder()
                    .setName(name)
                    .setNamespace("cuts")
                    .setUid("uid-of-" + name));
    if (!hostNetwork) {
      config.setHostname(name);
    }
    config
        .getLinuxBuilder()
        .setCgroupParent(cgroup)
        .getSecurityContextBuilder()
        .getNamespaceOptionsBuilder()
        .setPid(NamespaceMode.CONTAINER)
        .setNetwork(hostNetwork ? NamespaceMode.NODE : NamespaceMode.POD);
    return config.build();
  }
}
