package io.jcri.it.bench;

import io.jcri.cri.v1.ContainerConfig;
import io.jcri.cri.v1.ContainerMetadata;
import io.jcri.cri.v1.CreateContainerRequest;
import io.jcri.cri.v1.ImageSpec;
import io.jcri.cri.v1.LinuxContainerConfig;
import io.jcri.cri.v1.LinuxPodSandboxConfig;
import io.jcri.cri.v1.LinuxSandboxSecurityContext;
import io.jcri.cri.v1.NamespaceMode;
import io.jcri.cri.v1.NamespaceOption;
import io.jcri.cri.v1.PodSandboxConfig;
import io.jcri.cri.v1.PodSandboxMetadata;
import io.jcri.cri.v1.PortMapping;
import io.jcri.cri.v1.RemovePodSandboxRequest;
import io.jcri.cri.v1.RunPodSandboxRequest;
import io.jcri.cri.v1.StartContainerRequest;
import io.jcri.cri.v1.StopContainerRequest;
import io.jcri.cri.v1.StopPodSandboxRequest;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Takes pods of one container through their life in one runtime, as a kubelet does. Thread-safe;
 * whoever calls {@link #up} and {@link #down} from several threads gives each its own samples.
 */
final class PodLife {
  private static final int FIRST_PORT = 21000;

  /** What a pod is made of. */
  enum Kind {
    HOST_NETWORK(Figure.POD_UP_HOST, Figure.POD_DOWN_HOST),
    BRIDGE(Figure.POD_UP_BRIDGE, Figure.POD_DOWN_BRIDGE),
    BRIDGE_WITH_PORT(Figure.POD_UP_PORT, Figure.POD_DOWN_PORT);

    final Figure up;
    final Figure down;

    Kind(Figure up, Figure down) {
      this.up = up;
      this.down = down;
    }
  }

  /** A pod that is up. */
  record Pod(PodSandboxConfig config, String sandbox, String container) {}

  private final Rival rival;
  private final String image;
  private final String handler;
  private final AtomicInteger made = new AtomicInteger();

  /**
   * @param handler the name of what runs the containers; empty for the runtime's default
   */
  PodLife(Rival rival, String image, String handler) {
    this.rival = rival;
    this.image = image;
    this.handler = handler;
  }

  /** Takes a pod up whose container runs a command; {@code calls} gets each call's time. */
  Pod up(Kind kind, Map<String, Samples> calls, String... command) {
    return up(config(kind), calls, command);
  }

  /** The same with a configuration that the caller has changed. */
  Pod up(PodSandboxConfig config, Map<String, Samples> calls, String... command) {
    String sandbox =
        timed(
            calls,
            "RunPodSandbox",
            () -> rival.client().runtime().runPodSandbox(run(config)).getPodSandboxId());
    String container = timed(calls, "CreateContainer", () -> create(config, sandbox, command));
    timed(
        calls,
        "StartContainer",
        () ->
            rival
                .client()
                .runtime()
                .startContainer(
                    StartContainerRequest.newBuilder().setContainerId(container).build()));
    return new Pod(config, sandbox, container);
  }

  private RunPodSandboxRequest run(PodSandboxConfig config) {
    return RunPodSandboxRequest.newBuilder().setConfig(config).setRuntimeHandler(handler).build();
  }

  /** Makes the sandbox and a container in it that is not started. */
  Pod prepared(Kind kind, String... command) {
    PodSandboxConfig config = config(kind);
    String sandbox = rival.client().runtime().runPodSandbox(run(config)).getPodSandboxId();
    return new Pod(config, sandbox, create(config, sandbox, command));
  }

  /** Takes a pod down and away, with no grace for its container. */
  void down(Pod pod, Map<String, Samples> calls) {
    timed(
        calls,
        "StopContainer",
        () ->
            rival
                .client()
                .runtime()
                .stopContainer(
                    StopContainerRequest.newBuilder()
                        .setContainerId(pod.container())
                        .setTimeout(0)
                        .build()));
    leave(pod, calls);
  }

  /** Takes a pod down and away; its container ends with it. */
  void leave(Pod pod, Map<String, Samples> calls) {
    timed(
        calls,
        "StopPodSandbox",
        () ->
            rival
                .client()
                .runtime()
                .stopPodSandbox(
                    StopPodSandboxRequest.newBuilder().setPodSandboxId(pod.sandbox()).build()));
    timed(
        calls,
        "RemovePodSandbox",
        () ->
            rival
                .client()
                .runtime()
                .removePodSandbox(
                    RemovePodSandboxRequest.newBuilder().setPodSandboxId(pod.sandbox()).build()));
  }

  private String create(PodSandboxConfig config, String sandbox, String... command) {
    ContainerConfig container =
        ContainerConfig.newBuilder()
            .setMetadata(ContainerMetadata.newBuilder().setName("main"))
            .setImage(ImageSpec.newBuilder().setImage(image))
            .addAllCommand(List.of(command))
            .setLogPath("main.log")
            .setLinux(LinuxContainerConfig.getDefaultInstance())
            .build();
    return rival
        .client()
        .runtime()
        .createContainer(
            CreateContainerRequest.newBuilder()
                .setPodSandboxId(sandbox)
                .setConfig(container)
                .setSandboxConfig(config)
                .build())
        .getContainerId();
  }

  /** What the next pod is asked for with. */
  PodSandboxConfig config(Kind kind) {
    int number = made.getAndIncrement();
    String name = "bench-" + number;
    NamespaceMode network = kind == Kind.HOST_NETWORK ? NamespaceMode.NODE : NamespaceMode.POD;
    PodSandboxConfig.Builder config =
        PodSandboxConfig.newBuilder()
            .setMetadata(
                PodSandboxMetadata.newBuilder()
                    .setName(name)
                    .setNamespace("default")
                    .setUid(UUID.randomUUID().toString()))
            .setLogDirectory(rival.logs().resolve(name).toString())
            .putLabels(Rival.LABEL, "true")
            .setLinux(
                LinuxPodSandboxConfig.newBuilder()
                    .setSecurityContext(
                        LinuxSandboxSecurityContext.newBuilder()
                            .setNamespaceOptions(
                                NamespaceOption.newBuilder()
                                    .setNetwork(network)
                                    .setPid(NamespaceMode.CONTAINER))));
    if (kind != Kind.HOST_NETWORK) {
      config.setHostname(name);
    }
    if (kind == Kind.BRIDGE_WITH_PORT) {
      config.addPortMappings(
          PortMapping.newBuilder().setContainerPort(80).setHostPort(FIRST_PORT + number % 1000));
    }
    return config.build();
  }

  private static <T> T timed(Map<String, Samples> calls, String name, Supplier<T> call) {
    long begin = System.nanoTime();
    T answer = call.get();
    calls.computeIfAbsent(name, _ -> new Samples()).addMillisSince(begin);
    return answer;
  }
}
