package io.jcri.it.pods;

import static io.jcri.it.node.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status.Code;
import io.jcri.cri.v1.PodSandboxConfig;
import io.jcri.cri.v1.UpdatePodSandboxResourcesRequest;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the kubelet says of a pod's resources as a whole: kept, and told. */
class PodResourcesTest {
  @RegisterExtension static final TestNode NODE = new TestNode();

  @Test
  void whatAPodWasMadeWithIsTold() throws IOException {
    PodSandboxConfig.Builder config = NODE.podConfig();
    config.getLinuxBuilder().getOverheadBuilder().setMemoryLimitInBytes(111_000_000);
    config.getLinuxBuilder().getResourcesBuilder().setCpuShares(222);
    assertThat(NODE.pod(config).info()).contains("111000000", "222");
  }

  @Test
  void aChangeReplacesWhatItNamesAndOutlivesTheDaemon() throws IOException {
    PodSandboxConfig.Builder config = NODE.podConfig();
    config.getLinuxBuilder().getOverheadBuilder().setMemoryLimitInBytes(111_000_000);
    config.getLinuxBuilder().getResourcesBuilder().setMemoryLimitInBytes(222_000_000);
    TestPod pod = NODE.pod(config);

    update(pod.id(), request -> request.getResourcesBuilder().setMemoryLimitInBytes(333_000_000));
    assertThat(pod.info()).contains("111000000", "333000000").doesNotContain("222000000");
    update(pod.id(), request -> request.getOverheadBuilder().setCpuQuota(44_444));
    assertThat(pod.info()).contains("44444", "333000000").doesNotContain("111000000");

    NODE.daemon().kill();
    NODE.daemon().start();
    assertThat(pod.info()).contains("44444", "333000000");
    assertThat(pod.status().getState()).isEqualTo(io.jcri.cri.v1.PodSandboxState.SANDBOX_READY);
  }

  /**
   * The kubelet subtracts the overhead from what the pod's cgroup has, "no limit" included, and
   * gives a resize up when it is refused here.
   */
  @Test
  void whatRemainsOfNoLimitIsNoLimit() throws IOException {
    TestPod pod = NODE.pod();
    update(
        pod.id(),
        request -> {
          request.getOverheadBuilder().setCpuPeriod(100_000).setCpuQuota(25_000).setCpuShares(256);
          request
              .getResourcesBuilder()
              .setCpuPeriod(100_000)
              .setCpuQuota(-1 - 25_000)
              .setCpuShares(2)
              .setMemoryLimitInBytes(0x7FFFFFFFFFFFF000L - 111_000_000);
        });
    assertThat(pod.info()).contains("25000").doesNotContain("-25001");
    update(pod.id(), request -> request.getResourcesBuilder().setCpuQuota(500));
    assertThat(pod.info()).contains("500");
  }

  @Test
  void nonsenseIsRefusedByField() throws IOException {
    TestPod pod = NODE.pod();
    assertRefused(
        () -> update(pod.id(), request -> request.getOverheadBuilder().setCpuQuota(3)),
        Code.INVALID_ARGUMENT,
        "overhead.cpu_quota");
    assertRefused(
        () -> update(pod.id(), request -> request.getResourcesBuilder().setCpuShares(-1)),
        Code.INVALID_ARGUMENT,
        "resources.cpu_shares");
    assertRefused(() -> update("nosuch", request -> {}), Code.NOT_FOUND, "nosuch");
    assertThat(pod.info()).doesNotContain("overhead");
  }

  private static void update(String id, Consumer<UpdatePodSandboxResourcesRequest.Builder> change) {
    UpdatePodSandboxResourcesRequest.Builder request =
        UpdatePodSandboxResourcesRequest.newBuilder().setPodSandboxId(id);
    change.accept(request);
    NODE.cri().runtime().updatePodSandboxResources(request.build());
  }
}
