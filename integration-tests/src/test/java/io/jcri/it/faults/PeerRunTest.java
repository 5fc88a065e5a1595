package io.jcri.it.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A few points of what {@code scripts/faults --peer} does. */
class PeerRunTest {
  private static final int POINTS = 5;

  @Test
  void bothAreBrokenAsOftenAndJcriLosesNothing() throws IOException, InterruptedException {
    assumeTrue(PeerKind.CONTAINERD.isThere(), "no containerd 2 here");
    PeerOptions options = new PeerOptions(List.of(PeerKind.JCRI, PeerKind.CONTAINERD), 1, POINTS);
    PeerFigures ours = PeerRun.run(PeerKind.JCRI, options, System.out);
    PeerFigures theirs = PeerRun.run(PeerKind.CONTAINERD, options, System.out);
    System.out.print(PeerTable.of(List.of(ours, theirs)));
    assertThat(ours.isClean()).isTrue();
    assertThat(ours.containers()).isPositive();
    assertThat(theirs.containers()).isPositive();
    for (PeerFault fault : PeerFault.values()) {
      assertThat(theirs.points(fault)).isEqualTo(ours.points(fault)).isPositive();
    }
  }
}
