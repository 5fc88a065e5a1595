package io.jcri.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FactLinesTest {
  @Test
  void factsAreLines() {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("cgroups", Map.of("layout", "v2"));
    tree.put("swap", true);
    tree.put("sizes", List.of("2MB", "1GB"));
    tree.put("none", List.of());
    assertThat(FactLines.of(tree))
        .containsExactly("cgroups.layout: v2", "swap: yes", "sizes: 2MB 1GB", "none: none");
  }
}
