package io.jcri.it.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jcri.it.bench.Options.Section;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class OptionsTest {
  @Test
  void measuresAllButTheLoadsWithFewRoundsByDefault() {
    Options options = Options.parse(Map.of(), List.of());
    Set<Section> loads = EnumSet.of(Section.LOAD, Section.LOAD_SLOW_DISK);
    for (Section section : Section.values()) {
      assertEquals(!loads.contains(section), options.wants(section), section::name);
    }
    assertEquals(3, options.rounds(3, 50));
    assertEquals(Optional.empty(), options.containerd());
  }

  @Test
  void measuresTheLoadsWhenTheyAreAskedFor() {
    Options full = Options.parse(Map.of(), List.of("--full"));
    assertTrue(full.wants(Section.LOAD) && full.wants(Section.LOAD_SLOW_DISK));
    Options slow = Options.parse(Map.of("SLOW_DISK_MS", "25"), List.of("--only", "load-slow-disk"));
    assertTrue(slow.wants(Section.LOAD_SLOW_DISK));
    assertFalse(slow.wants(Section.LOAD) || slow.wantsUsualDisk());
    assertEquals(Duration.ofMillis(25), slow.diskDelay());
    assertEquals(Duration.ofMillis(10), full.diskDelay());
    assertTrue(full.wantsUsualDisk());
  }

  @Test
  void leavesOutWhatIsNotAskedFor() {
    Options options =
        Options.parse(Map.of(), List.of("--full", "--only", "pull,exec", "--handler", "runsc"));
    assertEquals(Optional.of("runsc"), options.handler());
    assertTrue(options.wants(Section.PULL) && options.wants(Section.EXEC));
    assertFalse(options.wants(Section.PODS));
    assertEquals(50, options.rounds(3, 50));
  }

  @Test
  void takesContainerdFromTheEnvironment() {
    assertEquals(
        Optional.of(Path.of("/opt/containerd")),
        Options.parse(Map.of("CONTAINERD", "/opt/containerd"), List.of()).containerd());
    assertEquals(Optional.empty(), Options.parse(Map.of("CONTAINERD", ""), List.of()).containerd());
  }

  @Test
  void saysWhatIsWrong() {
    assertRefused("no such option: --quick", Map.of(), "--quick");
    assertRefused("no such section: pod", Map.of(), "--only", "pod");
    assertRefused("no value for --only", Map.of(), "--only");
    assertRefused(
        "CONTAINERD and CONTAINERD_SOCKET exclude each other",
        Map.of("CONTAINERD", "/a", "CONTAINERD_SOCKET", "/b"));
  }

  private static void assertRefused(
      String message, Map<String, String> environment, String... arguments) {
    assertEquals(
        message,
        assertThrows(
                IllegalArgumentException.class,
                () -> Options.parse(environment, List.of(arguments)))
            .getMessage());
  }
}
