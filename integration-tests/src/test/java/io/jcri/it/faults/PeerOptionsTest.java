package io.jcri.it.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PeerOptionsTest {
  @Test
  void jcriAndItsPeerAreComparedUnlessOnlyOneIsWanted() {
    PeerOptions both = PeerOptions.parse("--peer", "containerd", "--points", "8", "--seed", "5");
    assertThat(both).isEqualTo(new PeerOptions(List.of(PeerKind.JCRI, PeerKind.CONTAINERD), 5, 8));
    assertThat(PeerOptions.parse("--peer", "containerd", "--only", "containerd").kinds())
        .containsExactly(PeerKind.CONTAINERD);
  }

  @Test
  void whatIsNotKnownIsNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PeerOptions.parse("--peer", "rkt"))
        .withMessageContaining("rkt");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PeerOptions.parse("--peer"))
        .withMessageContaining("--peer");
  }

  @Test
  void halfOfThePointsAreTheDaemonsAndAllHaveTheirSeeds() {
    assertThat(Stream.of(PeerFault.values()).map(fault -> fault.share(200)))
        .containsExactly(100, 50, 50);
    assertThat(Stream.of(PeerFault.values()).mapToInt(fault -> fault.share(7)).sum()).isEqualTo(7);
    assertThat(LongStream.range(0, 4).mapToObj(PeerFault::of))
        .containsExactlyInAnyOrder(
            PeerFault.DAEMON, PeerFault.DAEMON, PeerFault.SHIM, PeerFault.SHIM_AND_DAEMON);
  }

  @Test
  void aShimIsToldFromItsProgramsShortCalls() {
    String[] shim = {"-namespace", "k8s.io", "-id", "abc", "-address", "/run/x.sock"};
    assertThat(PeerShims.isShimOf("abc", shim)).isTrue();
    assertThat(PeerShims.isShimOf("ab", shim)).isFalse();
    assertThat(PeerShims.isShimOf("abc", "-namespace", "k8s.io", "-id", "abc", "delete")).isFalse();
  }
}
