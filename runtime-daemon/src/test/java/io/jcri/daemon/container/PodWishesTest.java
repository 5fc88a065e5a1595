package io.jcri.daemon.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.daemon.config.ConfigFile;
import io.jcri.daemon.config.ContainerSettings;
import io.jcri.daemon.config.HandlerRules;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PodWishesTest {
  private static final String OLD_UMASK = "io.kubernetes.cri-o.umask";
  private static final HandlerRules ALL = rules(List.of(OLD_UMASK, HandlerRules.DEVICES), Map.of());
  private static final ContainerSettings SETTINGS =
      ConfigFile.parse("containers.additional_devices = [\"/dev/kvm\"]", "test").containers();
  private static final ContainerDevice KVM = new ContainerDevice("/dev/kvm", "/dev/kvm", "rwm");
  private static final ContainerDevice OWN = new ContainerDevice("/dev/own", "/dev/x", "r");

  private static HandlerRules rules(List<String> allowed, Map<String, String> defaults) {
    return new HandlerRules(allowed, defaults, 0, Duration.ofSeconds(1), false);
  }

  @Test
  void anAnnotationOfTheHandlersCountsWhereThePodHasNoneThatDoes() {
    Map<String, String> defaults = Map.of(OLD_UMASK, "27");
    HandlerRules heeding = rules(List.of(HandlerRules.UMASK), defaults);
    assertThat(PodWishes.umask(heeding, Map.of())).contains(027);
    assertThat(PodWishes.umask(heeding, Map.of(OLD_UMASK, "77"))).contains(077);
    assertThat(PodWishes.umask(rules(List.of(), defaults), Map.of(OLD_UMASK, "0"))).contains(027);
  }

  @Test
  void aHandlerHeedsWhatItAllowsByEitherName() {
    assertThat(PodWishes.umask(ALL, Map.of(HandlerRules.UMASK, "027"))).contains(027);
    assertThat(PodWishes.umask(ALL, Map.of(OLD_UMASK, "77"))).contains(077);
    assertThat(PodWishes.umask(ALL, Map.of(OLD_UMASK, "77", HandlerRules.UMASK, "0"))).contains(0);
    assertThat(PodWishes.umask(ALL, Map.of())).isEmpty();
    assertThat(PodWishes.umask(HandlerRules.NONE, Map.of(OLD_UMASK, "77"))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "8", "00777", "-1", "u=rwx"})
  void whatIsNoUmaskIsRefused(String text) {
    assertThatThrownBy(() -> PodWishes.umask(ALL, Map.of(OLD_UMASK, text)))
        .hasMessageContaining("no umask such as 0027");
  }

  private static List<ContainerDevice> devices(HandlerRules rules, String annotation) {
    return PodWishes.devices(
        rules, SETTINGS, Map.of(HandlerRules.DEVICES, annotation), List.of(OWN));
  }

  @Test
  void devicesOfTheNodeComeFirstAndTheContainersOwnLast() {
    assertThat(devices(ALL, "/dev/fuse, /dev/net/tun:/dev/tun:rw"))
        .containsExactly(
            KVM,
            new ContainerDevice("/dev/fuse", "/dev/fuse", "rwm"),
            new ContainerDevice("/dev/tun", "/dev/net/tun", "rw"),
            OWN);
    assertThat(devices(HandlerRules.NONE, "/dev/fuse")).containsExactly(KVM, OWN);
  }

  @Test
  void onlyAllowedDevicesAreGiven() {
    assertThatThrownBy(() -> devices(ALL, "/dev/fuse,/dev/sda"))
        .hasMessageContaining("has /dev/sda, and containers.allowed_devices has only [/dev/fuse");
    assertThatThrownBy(() -> devices(ALL, "/dev/fuse:/etc/passwd"))
        .hasMessageContaining("is no device such as");
    assertThatThrownBy(() -> devices(ALL, "")).hasMessageContaining("is no device such as");
  }
}
