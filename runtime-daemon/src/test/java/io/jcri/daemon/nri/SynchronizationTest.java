package io.jcri.daemon.nri;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.nri.v1alpha1.NriApi;
import io.jcri.nri.v1alpha1.NriApi.SynchronizeRequest;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SynchronizationTest {
  private static final List<NriApi.PodSandbox> PODS =
      IntStream.range(0, 40)
          .mapToObj(i -> NriApi.PodSandbox.newBuilder().setId("pod-" + i).build())
          .toList();
  private static final List<NriApi.Container> CONTAINERS =
      IntStream.range(0, 70)
          .mapToObj(i -> NriApi.Container.newBuilder().setId("c-" + i).setName("n").build())
          .toList();

  @Test
  void whatFitsIsOneMessage() {
    List<SynchronizeRequest> parts = Synchronization.split(PODS, CONTAINERS, 1 << 20);
    assertThat(parts).hasSize(1);
    assertThat(parts.getFirst().getMore()).isFalse();
  }

  @Test
  void nothingIsOneMessageToo() {
    assertThat(Synchronization.split(List.of(), List.of(), 100))
        .containsExactly(SynchronizeRequest.getDefaultInstance());
  }

  @Test
  void largerListsAreSplitAndNothingIsLostOrDoubled() {
    for (int limit : new int[] {64, 100, 333, 1000}) {
      List<SynchronizeRequest> parts = Synchronization.split(PODS, CONTAINERS, limit);
      assertThat(parts).hasSizeGreaterThan(1);
      assertThat(parts).allMatch(part -> part.getSerializedSize() <= limit);
      assertThat(parts.subList(0, parts.size() - 1)).allMatch(SynchronizeRequest::getMore);
      assertThat(parts.getLast().getMore()).isFalse();
      assertThat(parts.stream().flatMap(part -> part.getPodsList().stream()))
          .containsExactlyElementsOf(PODS);
      assertThat(parts.stream().flatMap(part -> part.getContainersList().stream()))
          .containsExactlyElementsOf(CONTAINERS);
    }
  }

  /** The call then fails and tells its size; the others are not dragged along. */
  @Test
  void whatIsTooLargeByItselfHasAMessageOfItsOwn() {
    NriApi.Container huge =
        NriApi.Container.newBuilder().setId("huge").setName("x".repeat(500)).build();
    List<SynchronizeRequest> parts =
        Synchronization.split(PODS.subList(0, 1), List.of(huge, CONTAINERS.getFirst()), 100);
    assertThat(parts).hasSize(3);
    assertThat(parts.get(1).getContainersList()).containsExactly(huge);
  }
}
