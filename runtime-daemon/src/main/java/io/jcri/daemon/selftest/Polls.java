package io.jcri.daemon.selftest;

import com.google.protobuf.ByteString;
import io.jcri.cri.v1.ContainerState;
import io.jcri.cri.v1.ContainerStatusRequest;
import io.jcri.cri.v1.ExecSyncRequest;
import io.jcri.cri.v1.ExecSyncResponse;
import io.jcri.cri.v1.ListContainerStatsRequest;
import io.jcri.cri.v1.ListContainersRequest;
import io.jcri.cri.v1.ListPodSandboxRequest;
import io.jcri.cri.v1.PodSandboxState;
import io.jcri.cri.v1.PodSandboxStatusRequest;
import io.jcri.cri.v1.RuntimeServiceGrpc.RuntimeServiceBlockingStub;
import io.jcri.cri.v1.StatusRequest;

/** What a kubelet asks of a running pod all day. */
final class Polls {
  private static final int EXEC_SECONDS = 10;

  private final RuntimeServiceBlockingStub runtime;
  private final String pod;
  private final String container;

  Polls(RuntimeServiceBlockingStub runtime, String pod, String container) {
    this.runtime = runtime;
    this.pod = pod;
    this.container = container;
  }

  /**
   * Asks everything so many times, and executes a program each time.
   *
   * @throws SelftestException naming the call whose answer is wrong
   */
  void ask(int times) throws SelftestException {
    for (int i = 0; i < times; i++) {
      exec();
      lists();
      statuses();
    }
  }

  private void exec() throws SelftestException {
    ExecSyncResponse answer =
        runtime.execSync(
            ExecSyncRequest.newBuilder()
                .setContainerId(container)
                .addCmd("/" + TinyImage.PROGRAM)
                .addCmd("say")
                .addCmd("hello")
                .setTimeout(EXEC_SECONDS)
                .build());
    check(
        answer.getExitCode() == 0 && answer.getStdout().equals(ByteString.copyFromUtf8("hello\n")),
        "ExecSync",
        answer);
  }

  private void lists() throws SelftestException {
    var pods = runtime.listPodSandbox(ListPodSandboxRequest.getDefaultInstance());
    check(
        pods.getItemsList().stream().anyMatch(p -> p.getId().equals(pod)), "ListPodSandbox", pods);
    var containers = runtime.listContainers(ListContainersRequest.getDefaultInstance());
    check(
        containers.getContainersList().stream().anyMatch(c -> c.getId().equals(container)),
        "ListContainers",
        containers);
    var stats = runtime.listContainerStats(ListContainerStatsRequest.getDefaultInstance());
    check(
        stats.getStatsList().stream()
            .anyMatch(s ->
                s.getAttributes().getId().equals(container)
                    && s.getCpu().getUsageCoreNanoSeconds().getValue() > 0),
        "ListContainerStats",
        stats);
  }

  private void statuses() throws SelftestException {
    var node = runtime.status(StatusRequest.getDefaultInstance());
    check(node.getStatus().getConditionsCount() > 0, "Status", node);
    var sandbox =
        runtime.podSandboxStatus(PodSandboxStatusRequest.newBuilder().setPodSandboxId(pod).build());
    check(
        sandbox.getStatus().getState() == PodSandboxState.SANDBOX_READY,
        "PodSandboxStatus",
        sandbox);
    var status =
        runtime.containerStatus(
            ContainerStatusRequest.newBuilder().setContainerId(container).build());
    check(
        status.getStatus().getState() == ContainerState.CONTAINER_RUNNING,
        "ContainerStatus",
        status);
  }

  private static void check(boolean right, String call, Object answer) throws SelftestException {
    if (!right) {
      throw new SelftestException(call + " answered " + answer, null);
    }
  }
}
