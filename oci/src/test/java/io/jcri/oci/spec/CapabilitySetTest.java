package io.jcri.oci.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.oci.OciException;
import io.jcri.oci.OciException.Kind;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CapabilitySetTest {
  private static final Set<Capability> EVERYTHING = EnumSet.allOf(Capability.class);

  static Stream<Arguments> requests() {
    return Stream.of(
        Arguments.of("nothing asked", list(), list(), CapabilitySet.DEFAULTS),
        Arguments.of("one more", list("NET_ADMIN"), list(), defaultsAnd(Capability.CAP_NET_ADMIN)),
        Arguments.of(
            "with prefix, lower case",
            list("cap_net_admin"),
            list(),
            defaultsAnd(Capability.CAP_NET_ADMIN)),
        Arguments.of("one less", list(), list("NET_RAW"), defaultsWithout(Capability.CAP_NET_RAW)),
        Arguments.of("drop all", list(), list("ALL"), Set.of()),
        Arguments.of(
            "drop all but one",
            list("NET_BIND_SERVICE"),
            list("ALL"),
            Set.of(Capability.CAP_NET_BIND_SERVICE)),
        Arguments.of("all", list("ALL"), list(), EVERYTHING),
        Arguments.of(
            "all but one", list("all"), list("SYS_ADMIN"), without(Capability.CAP_SYS_ADMIN)),
        Arguments.of("all and none", list("ALL"), list("ALL"), Set.of()),
        Arguments.of("in both lists", list("CHOWN"), list("CHOWN", "ALL"), Set.of()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("requests")
  void appliesAddAndDrop(
      String name, List<String> add, List<String> drop, Set<Capability> expected) {
    CapabilitySet set =
        CapabilitySet.resolve(new CapabilitySet.Request(add, drop, List.of(), false), EVERYTHING);
    assertThat(set.bounding()).containsExactlyInAnyOrderElementsOf(expected).isSorted();
    assertThat(set.effective()).isEqualTo(set.bounding());
    assertThat(set.permitted()).isEqualTo(set.bounding());
    assertThat(set.inheritable()).isEmpty();
    assertThat(set.ambient()).isEmpty();
  }

  @Test
  void putsAmbientOnesInAllSets() {
    CapabilitySet set =
        CapabilitySet.resolve(
            new CapabilitySet.Request(
                List.of(), List.of("ALL"), List.of("NET_BIND_SERVICE"), false),
            EVERYTHING);
    List<Capability> one = List.of(Capability.CAP_NET_BIND_SERVICE);
    assertThat(set).isEqualTo(new CapabilitySet(one, one, one, one, one));
  }

  @Test
  void givesPrivilegedContainersWhatTheDaemonHasAndNoMore() {
    Set<Capability> available = without(Capability.CAP_SYS_RESOURCE);
    CapabilitySet set =
        CapabilitySet.resolve(
            new CapabilitySet.Request(List.of(), List.of("ALL"), List.of(), true), available);
    assertThat(set.bounding()).containsExactlyInAnyOrderElementsOf(available);
  }

  @Test
  void limitsDefaultsAndAllSilently() {
    Set<Capability> available = Set.of(Capability.CAP_CHOWN, Capability.CAP_BPF);
    assertThat(CapabilitySet.resolve(CapabilitySet.Request.DEFAULT, available).bounding())
        .containsExactly(Capability.CAP_CHOWN);
  }

  @Test
  void refusesByNameWhatIsNotAvailable() {
    Set<Capability> available = without(Capability.CAP_SYS_RESOURCE);
    assertThatThrownBy(() -> CapabilitySet.resolve(adding("SYS_RESOURCE"), available))
        .hasMessage("capability CAP_SYS_RESOURCE is not available on this node")
        .satisfies(e -> assertThat(((OciException) e).kind()).isEqualTo(Kind.FAILED_PRECONDITION));
  }

  @Test
  void refusesUnknownNames() {
    for (String name : List.of("FLY", "CAP_", "", "CAP_CAP_CHOWN", "0")) {
      assertThatThrownBy(() -> CapabilitySet.resolve(adding(name), EVERYTHING))
          .hasMessage("unknown capability \"" + name + "\"")
          .satisfies(e -> assertThat(((OciException) e).kind()).isEqualTo(Kind.INVALID));
    }
  }

  @Test
  void readsMasks() {
    assertThat(Capability.ofMask(0)).isEmpty();
    assertThat(Capability.ofMask(0x1ffffffffffL)).isEqualTo(EVERYTHING);
    assertThat(Capability.ofMask(-1)).isEqualTo(EVERYTHING);
    assertThat(Capability.ofMask(1L << 21)).containsExactly(Capability.CAP_SYS_ADMIN);
    assertThat(Capability.ofKernel()).containsAll(Capability.ofDaemon());
  }

  private static CapabilitySet.Request adding(String name) {
    return new CapabilitySet.Request(List.of(name), List.of(), List.of(), false);
  }

  private static List<String> list(String... names) {
    return List.of(names);
  }

  private static Set<Capability> defaultsAnd(Capability more) {
    List<Capability> all = new ArrayList<>(CapabilitySet.DEFAULTS);
    all.add(more);
    return Set.copyOf(all);
  }

  private static Set<Capability> defaultsWithout(Capability less) {
    List<Capability> all = new ArrayList<>(CapabilitySet.DEFAULTS);
    all.remove(less);
    return Set.copyOf(all);
  }

  private static Set<Capability> without(Capability less) {
    return EnumSet.complementOf(EnumSet.of(less));
  }
}
