package io.jcri.it.pods;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.cri.v1.ListPodSandboxRequest;
import io.jcri.cri.v1.PodSandbox;
import io.jcri.cri.v1.PodSandboxFilter;
import io.jcri.cri.v1.PodSandboxState;
import io.jcri.cri.v1.PodSandboxStateValue;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** ListPodSandbox and its filters. */
class PodListTest {
  @RegisterExtension static final TestNode NODE = new TestNode();

  private final TestPod blue;
  private final TestPod red;

  PodListTest() throws IOException {
    blue = NODE.pod(NODE.podConfig().putLabels("colour", "blue").putLabels("tier", "front"));
    red = NODE.pod(NODE.podConfig().putLabels("colour", "red").putLabels("tier", "front"));
  }

  @BeforeEach
  void stopRed() {
    red.stop();
  }

  @Test
  void noFilterListsAllNewestFirst() {
    assertThat(list(PodSandboxFilter.newBuilder())).containsExactly(red.id(), blue.id());
  }

  @Test
  void anIdOrItsBeginningSelects() {
    assertThat(list(PodSandboxFilter.newBuilder().setId(blue.id()))).containsExactly(blue.id());
    assertThat(list(PodSandboxFilter.newBuilder().setId(blue.id().substring(0, 16))))
        .containsExactly(blue.id());
    assertThat(list(PodSandboxFilter.newBuilder().setId("nosuchid"))).isEmpty();
  }

  @Test
  void aStateSelects() {
    assertThat(list(state(PodSandboxState.SANDBOX_READY))).containsExactly(blue.id());
    assertThat(list(state(PodSandboxState.SANDBOX_NOTREADY))).containsExactly(red.id());
  }

  @Test
  void everyLabelOfTheSelectorMustMatch() {
    assertThat(list(PodSandboxFilter.newBuilder().putLabelSelector("tier", "front")))
        .containsExactly(red.id(), blue.id());
    assertThat(
            list(
                PodSandboxFilter.newBuilder()
                    .putLabelSelector("tier", "front")
                    .putLabelSelector("colour", "red")))
        .containsExactly(red.id());
    assertThat(list(PodSandboxFilter.newBuilder().putLabelSelector("colour", ""))).isEmpty();
  }

  @Test
  void allPartsOfAFilterMustMatch() {
    assertThat(list(state(PodSandboxState.SANDBOX_READY).setId(red.id()))).isEmpty();
    assertThat(list(state(PodSandboxState.SANDBOX_READY).putLabelSelector("colour", "blue")))
        .containsExactly(blue.id());
  }

  private static PodSandboxFilter.Builder state(PodSandboxState state) {
    return PodSandboxFilter.newBuilder()
        .setState(PodSandboxStateValue.newBuilder().setState(state));
  }

  private static List<String> list(PodSandboxFilter.Builder filter) {
    return NODE
        .cri()
        .runtime()
        .listPodSandbox(ListPodSandboxRequest.newBuilder().setFilter(filter).build())
        .getItemsList()
        .stream()
        .map(PodSandbox::getId)
        .toList();
  }
}
