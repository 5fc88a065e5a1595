package io.jcri.it.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status.Code;
import io.jcri.cri.v1.ListPodSandboxRequest;
import io.jcri.cri.v1.PodSandbox;
import io.jcri.cri.v1.RestorePodRequest;
import io.jcri.cri.v1.RestorePodResponse;
import io.jcri.it.node.Refusals;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.util.List;

/** Restores, and what is to be seen of them. */
final class RestoreCalls {
  private RestoreCalls() {}

  /** Restores a pod of one container, which it returns, not yet started. */
  static TestContainer one(TestNode node, RestorePodRequest request) {
    RestorePodResponse restored = node.cri().runtime().restorePod(request);
    assertThat(restored.getRestoredContainersList()).hasSize(1);
    return TestPod.of(node, request.getConfig(), restored.getPodSandboxId())
        .container(
            request.getContainerConfigs(0), restored.getRestoredContainers(0).getContainerId());
  }

  /** Fails unless the restore is refused with this code, naming the parts, and leaves nothing. */
  static void assertRefused(TestNode node, RestorePodRequest request, Code code, String... parts)
      throws IOException {
    List<String> before = pods(node);
    Refusals.assertRefused(() -> node.cri().runtime().restorePod(request), code, parts);
    assertThat(pods(node)).isEqualTo(before);
    CheckpointCalls.assertUntouched(node);
  }

  private static List<String> pods(TestNode node) {
    return node
        .cri()
        .runtime()
        .listPodSandbox(ListPodSandboxRequest.getDefaultInstance())
        .getItemsList()
        .stream()
        .map(PodSandbox::getId)
        .sorted()
        .toList();
  }
}
