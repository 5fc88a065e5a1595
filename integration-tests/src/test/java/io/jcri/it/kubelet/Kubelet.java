package io.jcri.it.kubelet;

import io.jcri.it.kit.Command;
import io.jcri.it.kit.FreePort;
import io.jcri.it.kit.Waiting;
import io.jcri.it.node.TestNode;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A kubelet on a test's daemon. It has no API server: it runs the pods whose manifests lie in a
 * folder. Its name is localhost, which its certificate and the names of its pods tell.
 */
final class Kubelet implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final Path folder;
  private final Path program;
  private final KubeletGround ground;
  private final int port;
  private Process process;

  private Kubelet(Path folder, Path program, KubeletGround ground, int port) throws IOException {
    this.folder = folder;
    this.program = program;
    this.ground = ground;
    this.port = port;
    this.process = run();
  }

  /**
   * Starts one and waits until it answers.
   *
   * @param settings lines of its configuration beside the usual ones
   */
  static Kubelet start(TestNode node, Path program, String... settings) throws IOException {
    Path folder = Files.createDirectories(node.scratch().disk().resolve("kubelet"));
    Files.createDirectories(folder.resolve("manifests"));
    int port = FreePort.find();
    KubeletGround ground = KubeletGround.prepare();
    Files.writeString(
        folder.resolve("config.yaml"),
        """
        apiVersion: kubelet.config.k8s.io/v1beta1
        kind: KubeletConfiguration
        address: 127.0.0.1
        port: %d
        healthzPort: 0
        authentication: {anonymous: {enabled: true}, webhook: {enabled: false}}
        authorization: {mode: AlwaysAllow}
        failCgroupV1: false
        failSwapOn: false
        oomScoreAdj: 0
        makeIPTablesUtilChains: false
        cgroupsPerQOS: true
        enforceNodeAllocatable: [pods]
        cgroupRoot: %s
        containerRuntimeEndpoint: unix://%s
        staticPodPath: %s
        podLogsDir: %s
        volumePluginDir: %s
        registerNode: false
        fileCheckFrequency: 1s
        containerLogMaxSize: 2Ki
        containerLogMaxFiles: 20
        containerLogMonitorInterval: 3s
        syncFrequency: 5s
        evictionHard: {memory.available: "50Mi", nodefs.available: "1%%", imagefs.available: "1%%", nodefs.inodesFree: "1%%"}
        """
                .formatted(
                    port,
                    ground.cgroupRoot(),
                    node.daemon().socket(),
                    folder.resolve("manifests"),
                    folder.resolve("logs"),
                    folder.resolve("plugins"))
            + String.join("\n", settings)
            + "\n");
    Kubelet kubelet = new Kubelet(folder, program, ground, port);
    try {
      kubelet.awaitAnswer();
    } catch (IOException | RuntimeException e) {
      kubelet.close();
      throw e;
    }
    return kubelet;
  }

  /** Where the logs of its pods lie. */
  Path logs() {
    return folder.resolve("logs");
  }

  /** A client of its API. */
  KubeletClient client() throws IOException {
    return new KubeletClient(port, folder.resolve("pki/kubelet.crt"));
  }

  /** Has it run a pod, or another one by this name. */
  void place(String name, String manifest) throws IOException {
    // It must not read half a file.
    Path aside = Files.writeString(folder.resolve(name + ".yaml"), manifest);
    Files.move(
        aside, folder.resolve("manifests").resolve(name + ".yaml"), StandardCopyOption.ATOMIC_MOVE);
  }

  /** Has it end all pods, each in its grace period. */
  void removeManifests() throws IOException {
    try (var list = Files.list(folder.resolve("manifests"))) {
      for (Path manifest : list.toList()) {
        Files.delete(manifest);
      }
    }
  }

  /** Ends it and starts it again, with other lines for these settings; its pods go on. */
  void restart(String... settings) throws IOException {
    end();
    Path file = folder.resolve("config.yaml");
    List<String> lines = new ArrayList<>(Files.readAllLines(file));
    for (String setting : settings) {
      String key = setting.substring(0, setting.indexOf(':') + 1);
      lines.removeIf(line -> line.startsWith(key));
      lines.add(setting);
    }
    Files.write(file, lines);
    process = run();
    awaitAnswer();
  }

  /** Ends it, and takes its cgroups away. */
  @Override
  public void close() throws IOException {
    end();
    unmountVolumes();
    ground.close();
  }

  private Process run() throws IOException {
    List<String> command = new ArrayList<>();
    command.add(program.toString());
    command.add("--config=" + folder.resolve("config.yaml"));
    command.add("--root-dir=" + folder.resolve("root"));
    command.add("--cert-dir=" + folder.resolve("pki"));
    command.add("--hostname-override=localhost");
    command.add("--v=2");
    return new ProcessBuilder(command)
        .redirectInput(new File("/dev/null"))
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
        .start();
  }

  private void awaitAnswer() throws IOException {
    Waiting.until(
        PATIENCE,
        () -> {
          if (!process.isAlive()) {
            throw new IOException("the kubelet ended: " + lastWords());
          }
          if (Files.notExists(folder.resolve("pki/kubelet.crt"))) {
            return false;
          }
          try (KubeletClient client = client()) {
            return client.get("/healthz").equals("ok");
          } catch (IOException notYet) {
            return false;
          }
        },
        () -> "the kubelet does not answer: " + lastWords());
  }

  /** What its log ends with. */
  private String lastWords() {
    try {
      List<String> lines = Files.readAllLines(folder.resolve("log"));
      return String.join("\n", lines.subList(Math.max(0, lines.size() - 15), lines.size()));
    } catch (IOException e) {
      return e.toString();
    }
  }

  private void end() throws IOException {
    process.destroy();
    Waiting.until(PATIENCE, () -> !process.isAlive(), () -> "the kubelet does not end");
  }

  /** It leaves tmpfs mounts of the volumes of pods that had no time to end. */
  private void unmountVolumes() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/mountinfo"))) {
      String path = line.split(" ", -1)[4];
      if (Path.of(path).startsWith(folder)) {
        Command.of("umount", path).run().orThrow();
      }
    }
  }
}
