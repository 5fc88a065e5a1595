package io.jcri.it.node;

import io.jcri.cri.v1.ContainerConfig;
import io.jcri.cri.v1.ContainerState;
import io.jcri.cri.v1.ContainerStatus;
import io.jcri.cri.v1.ContainerStatusRequest;
import io.jcri.cri.v1.ContainerStatusResponse;
import io.jcri.cri.v1.ExecSyncRequest;
import io.jcri.cri.v1.ExecSyncResponse;
import io.jcri.cri.v1.LinuxContainerResources;
import io.jcri.cri.v1.RemoveContainerRequest;
import io.jcri.cri.v1.ReopenContainerLogRequest;
import io.jcri.cri.v1.StartContainerRequest;
import io.jcri.cri.v1.StopContainerRequest;
import io.jcri.cri.v1.UpdateContainerResourcesRequest;
import io.jcri.it.kit.Waiting;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A container of a {@link TestNode}. */
public final class TestContainer {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final TestNode node;
  private final TestPod pod;
  private final ContainerConfig config;
  private final String id;

  /** What a command in the container did. */
  public record Exec(int exitCode, String out, String err) {}

  TestContainer(TestNode node, TestPod pod, ContainerConfig config, String id) {
    this.node = node;
    this.pod = pod;
    this.config = config;
    this.id = id;
  }

  public String id() {
    return id;
  }

  public void start() {
    node.cri()
        .runtime()
        .startContainer(StartContainerRequest.newBuilder().setContainerId(id).build());
  }

  /** Stops it with a grace period in seconds. */
  public void stop(long grace) {
    node.cri()
        .runtime()
        .stopContainer(
            StopContainerRequest.newBuilder().setContainerId(id).setTimeout(grace).build());
  }

  public void remove() {
    node.cri()
        .runtime()
        .removeContainer(RemoveContainerRequest.newBuilder().setContainerId(id).build());
  }

  public void reopenLog() {
    node.cri()
        .runtime()
        .reopenContainerLog(ReopenContainerLogRequest.newBuilder().setContainerId(id).build());
  }

  public ContainerStatus status() {
    return statusReply(false).getStatus();
  }

  public ContainerState state() {
    return status().getState();
  }

  /** What the verbose status tells beyond the status, as JSON; the config.json among it. */
  public String info() {
    return statusReply(true).getInfoOrThrow("info");
  }

  /** Changes its limits. */
  public void update(LinuxContainerResources.Builder resources) {
    node.cri()
        .runtime()
        .updateContainerResources(
            UpdateContainerResourcesRequest.newBuilder()
                .setContainerId(id)
                .setLinux(resources)
                .build());
  }

  /** The process id of its first process, from the verbose status. */
  public int pid() {
    return Verbose.number(statusReply(true).getInfoMap(), "pid");
  }

  /** The process id of its shim. */
  public int shimPid() {
    return Verbose.number(statusReply(true).getInfoMap(), "shimPid");
  }

  private ContainerStatusResponse statusReply(boolean verbose) {
    return node.cri()
        .runtime()
        .containerStatus(
            ContainerStatusRequest.newBuilder().setContainerId(id).setVerbose(verbose).build());
  }

  /** Waits until it has ended. */
  public ContainerStatus awaitExit() throws IOException {
    ContainerStatus[] last = {status()};
    Waiting.until(
        PATIENCE,
        () -> {
          last[0] = status();
          return last[0].getState() == ContainerState.CONTAINER_EXITED;
        },
        () -> "container %s is still %s".formatted(id, last[0].getState()));
    return last[0];
  }

  /** Runs a command in it to its end, however long that takes. */
  public Exec exec(String... command) {
    return exec(0, command);
  }

  /** Runs a command with a timeout in seconds. */
  public Exec exec(long timeout, String... command) {
    ExecSyncResponse reply =
        node.cri()
            .runtime()
            .execSync(
                ExecSyncRequest.newBuilder()
                    .setContainerId(id)
                    .setTimeout(timeout)
                    .addAllCmd(List.of(command))
                    .build());
    return new Exec(
        reply.getExitCode(), reply.getStdout().toStringUtf8(), reply.getStderr().toStringUtf8());
  }

  /** Runs a shell line in it that must succeed. Returns its output without the last line break. */
  public String sh(String line) {
    Exec result = exec("sh", "-c", line);
    if (result.exitCode() != 0) {
      throw new AssertionError("%s in container %s: %s".formatted(line, id, result));
    }
    return result.out().stripTrailing();
  }

  /** Where its log is. */
  public Path logFile() {
    return Path.of(pod.config().getLogDirectory(), config.getLogPath());
  }

  /** What its log holds now. */
  public List<CriLog.Line> log() throws IOException {
    return CriLog.read(logFile());
  }

  /** Waits until its log has a line with this text. */
  public void awaitLog(String text) throws IOException {
    Waiting.until(
        PATIENCE,
        () -> log().stream().anyMatch(line -> line.text().contains(text)),
        () -> "no \"%s\" in %s".formatted(text, logFile()));
  }
}
