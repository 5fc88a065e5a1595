package io.jcri.daemon.container;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class VolumePlacesTest {
  private static final Set<String> DEFAULTS =
      Set.of("/proc", "/dev", "/dev/shm", "/sys", "/sys/fs/cgroup", "/etc/hosts");

  private static VolumePlaces of(String... declared) {
    return VolumePlaces.of(Arrays.asList(declared), DEFAULTS, List.of());
  }

  @Test
  void pathsAreCleanedAndParentsComeFirst() {
    assertThat(of("/data/sub", "//data/", "/data/.", "relative/x", "../up", "/a/../b").made())
        .containsExactly("/b", "/data", "/data/sub", "/relative/x", "/up");
  }

  @Test
  void whatCanBeNoVolumeIsLeftOutWithItsReason() {
    VolumePlaces places =
        of(
            "/",
            "",
            "/x/..",
            "/proc",
            "/proc/sys/kernel",
            "/sys/x",
            "/dev",
            "/dev/shm",
            "/etc/hosts",
            "/a\0b",
            "/" + "x".repeat(256),
            "/x".repeat(2100),
            "/dev/mine",
            "/etc",
            "/procfs");
    assertThat(places.made()).containsExactly("/dev/mine", "/etc", "/procfs");
    assertThat(places.leftOut()).hasSize(12).containsEntry("/a\0b", "it is no path");
  }

  @Test
  void aMountOfThePodCountsAtThePlaceAndAboveIt() {
    List<String> declared = List.of("/data", "/data/sub", "/database", "/own");
    assertThat(VolumePlaces.of(declared, DEFAULTS, List.of("/data/")).made())
        .containsExactly("/database", "/own");
    assertThat(VolumePlaces.of(declared, DEFAULTS, List.of("/data/sub", "own/below")).made())
        .containsExactly("/data", "/database", "/own");
    assertThat(VolumePlaces.of(declared, DEFAULTS, List.of("/data/sub")).leftOut()).isEmpty();
  }
}
