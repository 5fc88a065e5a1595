package io.jcri.it.containers;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.cri.v1.Container;
import io.jcri.cri.v1.ContainerFilter;
import io.jcri.cri.v1.ContainerState;
import io.jcri.cri.v1.ContainerStateValue;
import io.jcri.cri.v1.ListContainersRequest;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** ListContainers and its filters. */
class ContainerListTest {
  @RegisterExtension static final TestNode NODE = new TestNode();

  private final TestPod pod;
  private final TestPod otherPod;
  private final TestContainer created;
  private final TestContainer running;
  private final TestContainer exited;

  ContainerListTest() throws IOException {
    pod = NODE.pod();
    otherPod = NODE.pod();
    created = pod.create(pod.container("true").putLabels("k", "1"));
    running = pod.start(pod.container("sleep", "100000").putLabels("k", "1").putLabels("l", "2"));
    exited = otherPod.start("true");
    exited.awaitExit();
  }

  @Test
  void everyFilterSelectsAndAllOfThemMustMatch() {
    assertThat(list(ContainerFilter.newBuilder()))
        .containsExactly(exited.id(), running.id(), created.id());

    assertThat(list(ContainerFilter.newBuilder().setId(running.id())))
        .containsExactly(running.id());
    assertThat(list(ContainerFilter.newBuilder().setId(running.id().substring(0, 16))))
        .containsExactly(running.id());
    assertThat(list(ContainerFilter.newBuilder().setPodSandboxId(otherPod.id())))
        .containsExactly(exited.id());

    assertThat(list(state(ContainerState.CONTAINER_CREATED))).containsExactly(created.id());
    assertThat(list(state(ContainerState.CONTAINER_RUNNING))).containsExactly(running.id());
    assertThat(list(state(ContainerState.CONTAINER_EXITED))).containsExactly(exited.id());
    assertThat(list(state(ContainerState.CONTAINER_UNKNOWN))).isEmpty();

    assertThat(list(ContainerFilter.newBuilder().putLabelSelector("k", "1")))
        .containsExactly(running.id(), created.id());
    assertThat(
            list(
                ContainerFilter.newBuilder().putLabelSelector("k", "1").putLabelSelector("l", "2")))
        .containsExactly(running.id());
    assertThat(list(state(ContainerState.CONTAINER_EXITED).setPodSandboxId(pod.id()))).isEmpty();
  }

  @Test
  void aRowTellsWhatTheKubeletNeeds() {
    Container row =
        NODE.cri()
            .runtime()
            .listContainers(
                ListContainersRequest.newBuilder()
                    .setFilter(ContainerFilter.newBuilder().setId(running.id()))
                    .build())
            .getContainers(0);
    assertThat(row.getPodSandboxId()).isEqualTo(pod.id());
    assertThat(row.getMetadata()).isEqualTo(running.status().getMetadata());
    assertThat(row.getImage().getImage()).isEqualTo(NODE.busybox());
    assertThat(row.getImageId()).isEqualTo(running.status().getImageId()).startsWith("sha256:");
    assertThat(row.getImageRef()).isEqualTo(running.status().getImageRef()).contains("@sha256:");
    assertThat(row.getCreatedAt()).isPositive();
    assertThat(row.getLabelsMap()).containsEntry("l", "2");
  }

  private static ContainerFilter.Builder state(ContainerState state) {
    return ContainerFilter.newBuilder().setState(ContainerStateValue.newBuilder().setState(state));
  }

  private static List<String> list(ContainerFilter.Builder filter) {
    return NODE
        .cri()
        .runtime()
        .listContainers(ListContainersRequest.newBuilder().setFilter(filter).build())
        .getContainersList()
        .stream()
        .map(Container::getId)
        .toList();
  }
}
