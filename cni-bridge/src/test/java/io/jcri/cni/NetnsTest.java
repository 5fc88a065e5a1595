package io.jcri.cni;

import static io.jcri.cni.ScriptPlugins.RESULT;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pinned namespace that somebody unmounted leaves an ordinary file. */
final class NetnsTest {
  @TempDir Path root;

  @Test
  void anOrdinaryFileIsNone() throws Exception {
    assertThat(Netns.isOne(Path.of("/proc/self/ns/net"))).isTrue();
    assertThat(Netns.isOne(Files.createFile(root.resolve("net")))).isFalse();
    assertThat(Netns.isOne(root.resolve("gone"))).isFalse();
  }

  @Test
  void delIsGivenNone() throws Exception {
    TestNode node = new TestNode(root);
    node.plugins.add("a", Map.of("ADD", RESULT));
    node.conflist("1.0.0", "{\"type\":\"a\"}");
    Optional<Path> left = Optional.of(Files.createFile(root.resolve("left")));
    try (Cni cni = node.open()) {
      cni.attach(TestNode.pod("s1"));
      cni.detach(TestNode.pod("s1").withNetns(left));
      assertThat(node.plugins.environment("a", "DEL")).contains("CNI_NETNS=");
    }
    try (Cni cni = node.open()) {
      cni.attach(TestNode.pod("s2").withNetns(left));
      Files.setLastModifiedTime(node.cacheFile("net", "s2"), FileTime.fromMillis(0));
    }
    try (Cni cni = node.open()) {
      cni.collectGarbage(Set.of());
    }
    assertThat(node.plugins.environment("a", "DEL")).contains("CNI_CONTAINERID=s2", "CNI_NETNS=");
  }
}
