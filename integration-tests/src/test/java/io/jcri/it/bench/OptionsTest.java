package io.jcri.it.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jcri.it.bench.Options.Section;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class OptionsTest {
  @Test
  void measuresAllWithFewRoundsByDefault() {
    Options options = Options.parse(Map.of(), List.of());
    for (Section section : Section.values()) {
      assertTrue(options.wants(section), section::name);
    }
    assertEquals(3, options.rounds(3, 50));
    assertEquals(Optional.empty(), options.containerd());
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
