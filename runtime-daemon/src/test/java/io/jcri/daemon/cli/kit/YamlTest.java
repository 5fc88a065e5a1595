package io.jcri.daemon.cli.kit;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.oci.PlainYaml;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class YamlTest {
  @Test
  void treesAreReadAsTheyWereWritten() {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("name", "web");
    tree.put("number", 12);
    tree.put("yes", true);
    tree.put("empty", Map.of());
    tree.put("none", List.of());
    tree.put("lists", List.of(List.of("a", "b"), List.of(Map.of("k", List.of("v")))));
    tree.put("a: b #", Map.of("x/y", Map.of("z", "w")));
    assertThat(Yaml.of(List.of(tree, tree)))
        .startsWith("- name: web\n  number: 12\n  \"yes\": true\n  empty: {}\n  none: []\n");
    assertThat(PlainYaml.parse(Yaml.of(tree)))
        .isEqualTo(
            Map.of(
                "name",
                "web",
                "number",
                "12",
                "yes",
                "true",
                "empty",
                Map.of(),
                "none",
                List.of(),
                "lists",
                List.of(List.of("a", "b"), List.of(Map.of("k", List.of("v")))),
                "a: b #",
                Map.of("x/y", Map.of("z", "w"))));
  }

  @Test
  void whatCouldBeTakenForSomethingElseIsQuoted() {
    for (String text :
        List.of(
            "yes",
            "NO",
            "null",
            "12",
            "1e3",
            "",
            "- a",
            "a: b",
            "a #b",
            "~",
            "\"",
            "x\ny",
            "é",
            "@a",
            "{",
            "*a",
            "2026-11-30")) {
      assertThat(Yaml.of(List.of(text))).startsWith("- \"").endsWith("\"\n");
      assertThat(PlainYaml.parse(Yaml.of(List.of(text)))).isEqualTo(List.of(text));
    }
    assertThat(Yaml.of(List.of("docker.io/library/app", "pod-1"))).doesNotContain("\"");
  }
}
