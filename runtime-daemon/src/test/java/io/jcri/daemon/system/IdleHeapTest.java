package io.jcri.daemon.system;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class IdleHeapTest {
  private static final long START = 20 << 20;
  private static final long BURST = START + 20 * (1L << 20);

  private final IdleHeap heap = new IdleHeap(START);

  @Test
  void whatABurstHasLeftIsCollectedOnceItIsOver() {
    assertThat(heap.worthCollecting(BURST)).as("at work").isFalse();
    assertThat(heap.worthCollecting(BURST + IdleHeap.QUIET)).as("at work").isFalse();
    assertThat(heap.worthCollecting(BURST + IdleHeap.QUIET + 1)).isTrue();
  }

  @Test
  void muchIsCollectedThoughThereIsWork() {
    assertThat(heap.worthCollecting(START + IdleHeap.WORTH_AT_WORK)).isFalse();
    assertThat(heap.worthCollecting(START + IdleHeap.WORTH_AT_WORK - IdleHeap.QUIET)).isFalse();
    assertThat(heap.worthCollecting(START + IdleHeap.WORTH_AT_WORK + 1)).isTrue();
  }

  @Test
  void whatIsNeededIsNotCollectedAgainAndAgain() {
    assertThat(heap.worthCollecting(BURST)).isFalse();
    assertThat(heap.worthCollecting(BURST)).isTrue();
    heap.collected(BURST);
    assertThat(heap.worthCollecting(BURST)).isFalse();
    assertThat(heap.worthCollecting(BURST + IdleHeap.QUIET - 1)).isFalse();
  }

  @Test
  void littleIsLeftAlone() {
    assertThat(heap.worthCollecting(START + IdleHeap.QUIET - 1)).isFalse();
    assertThat(heap.worthCollecting(START + IdleHeap.WORTH)).isFalse();
    assertThat(heap.worthCollecting(START + IdleHeap.WORTH)).isFalse();
    assertThat(heap.worthCollecting(START + IdleHeap.WORTH + 1)).isTrue();
  }
}
