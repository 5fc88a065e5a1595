package io.jcri.it.soak;

import io.jcri.cri.v1.ContainerConfig;
import io.jcri.cri.v1.ContainerMetadata;
import io.jcri.cri.v1.ContainerState;
import io.jcri.cri.v1.ContainerStatus;
import io.jcri.cri.v1.ContainerStatusRequest;
import io.jcri.cri.v1.CreateContainerRequest;
import io.jcri.cri.v1.ExecSyncRequest;
import io.jcri.cri.v1.ImageSpec;
import io.jcri.cri.v1.Mount;
import io.jcri.cri.v1.NamespaceMode;
import io.jcri.cri.v1.PodSandboxConfig;
import io.jcri.cri.v1.PodSandboxMetadata;
import io.jcri.cri.v1.RemovePodSandboxRequest;
import io.jcri.cri.v1.RunPodSandboxRequest;
import io.jcri.cri.v1.StartContainerRequest;
import io.jcri.cri.v1.StopPodSandboxRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** What a soak's clients do with pods, as a kubelet does it. Thread-safe. */
final class SoakPods {
  private static final int LINES = 200;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final SoakNode node;

  SoakPods(SoakNode node) {
    this.node = node;
  }

  /**
   * Takes a pod on the bridge from its making to its removal: its container waits for an exec,
   * writes lines, and ends by itself.
   *
   * @return the id of the container
   * @throws IOException when a line was lost or an exit code is another
   */
  String cycle(int number) throws IOException, InterruptedException {
    int code = number % 100;
    PodSandboxConfig config = config("cycle-" + number, NamespaceMode.POD);
    Path logs = Files.createDirectories(Path.of(config.getLogDirectory()));
    String sandbox = run(config);
    String container =
        create(sandbox, config, main("main", List.of("sh", "-c", script(code))).build());
    start(container);
    node.client()
        .runtime()
        .execSync(
            ExecSyncRequest.newBuilder()
                .setContainerId(container)
                .addAllCmd(List.of("touch", "/go"))
                .setTimeout(60)
                .build());
    ContainerStatus ended = awaitEnd(container);
    Path log = logs.resolve("main.log");
    long lines = Files.readAllLines(log).stream().filter(line -> line.contains(" F line ")).count();
    remove(sandbox);
    Files.deleteIfExists(log);
    try {
      Files.delete(logs);
    } catch (NoSuchFileException goneWithThePod) {
      // as it is wanted
    }
    if (ended.getExitCode() != code || lines != LINES) {
      throw new IOException(
          "cycle %d: %d of %d lines, exit code %d instead of %d"
              .formatted(number, lines, LINES, ended.getExitCode(), code));
    }
    return container;
  }

  /**
   * A pod that has the host's whole tree mounted, and lives on; private, so that what is mounted
   * there stays in its copy until somebody takes it from all.
   */
  void withHostRoot() {
    PodSandboxConfig config = config("host-root", NamespaceMode.POD);
    String sandbox = run(config);
    ContainerConfig.Builder container = main("main", List.of("sleep", "1000000")).clearLogPath();
    container.addMounts(
        Mount.newBuilder().setHostPath("/").setContainerPath("/host").setReadonly(true));
    start(create(sandbox, config, container.build()));
  }

  /** A pod on the host's network whose containers have all ended, and are kept. */
  void kept(int number, int containers) throws InterruptedException, IOException {
    PodSandboxConfig config = config("kept-" + number, NamespaceMode.NODE);
    String sandbox = run(config);
    for (int i = 0; i < containers; i++) {
      String id = create(sandbox, config, main("c" + i, List.of("true")).clearLogPath().build());
      start(id);
      awaitEnd(id);
    }
  }

  /**
   * A pod on the host's network with a container that is not started: it has no process but one.
   */
  void light(int number) {
    PodSandboxConfig config = config("light-" + number, NamespaceMode.NODE);
    create(run(config), config, main("main", List.of("true")).clearLogPath().build());
  }

  /** Makes a sandbox on the pods' network. */
  void sandbox(String name) {
    run(config(name, NamespaceMode.POD));
  }

  private String run(PodSandboxConfig config) {
    return node.client()
        .runtime()
        .runPodSandbox(RunPodSandboxRequest.newBuilder().setConfig(config).build())
        .getPodSandboxId();
  }

  private String create(String sandbox, PodSandboxConfig config, ContainerConfig container) {
    return node.client()
        .runtime()
        .createContainer(
            CreateContainerRequest.newBuilder()
                .setPodSandboxId(sandbox)
                .setSandboxConfig(config)
                .setConfig(container)
                .build())
        .getContainerId();
  }

  private void start(String container) {
    node.client()
        .runtime()
        .startContainer(StartContainerRequest.newBuilder().setContainerId(container).build());
  }

  private ContainerStatus awaitEnd(String container) throws InterruptedException, IOException {
    var request = ContainerStatusRequest.newBuilder().setContainerId(container).build();
    long begin = System.nanoTime();
    while (System.nanoTime() - begin < PATIENCE.toNanos()) {
      ContainerStatus status = node.client().runtime().containerStatus(request).getStatus();
      if (status.getState() == ContainerState.CONTAINER_EXITED) {
        return status;
      }
      Thread.sleep(20);
    }
    throw new IOException("container %s did not end".formatted(container));
  }

  private void remove(String sandbox) {
    node.client()
        .runtime()
        .stopPodSandbox(StopPodSandboxRequest.newBuilder().setPodSandboxId(sandbox).build());
    node.client()
        .runtime()
        .removePodSandbox(RemovePodSandboxRequest.newBuilder().setPodSandboxId(sandbox).build());
  }

  /** A container of that name. */
  ContainerConfig.Builder main(String name, List<String> command) {
    return ContainerConfig.newBuilder()
        .setMetadata(ContainerMetadata.newBuilder().setName(name))
        .setImage(ImageSpec.newBuilder().setImage(node.image()))
        .addAllCommand(command)
        .setLogPath("main.log");
  }

  /** A pod of that name. */
  PodSandboxConfig config(String name, NamespaceMode network) {
    PodSandboxConfig.Builder config =
        PodSandboxConfig.newBuilder()
            .setMetadata(
                PodSandboxMetadata.newBuilder()
                    .setName(name)
                    .setNamespace("soak")
                    .setUid("uid-of-" + name))
            .setLogDirectory(node.logs().resolve(name).toString());
    if (network == NamespaceMode.POD) {
      config.setHostname(name);
    }
    config
        .getLinuxBuilder()
        .setCgroupParent(node.cgroup())
        .getSecurityContextBuilder()
        .getNamespaceOptionsBuilder()
        .setPid(NamespaceMode.CONTAINER)
        .setNetwork(network);
    return config.build();
  }

  /** Waits for a file, writes its lines, and ends with the code. */
  private static String script(int code) {
    return "while [ ! -e /go ]; do sleep 0.1; done; i=0; while [ $i -lt "
        + LINES
        + " ]; do echo line $i; i=$((i+1)); done; exit "
        + code;
  }
}
