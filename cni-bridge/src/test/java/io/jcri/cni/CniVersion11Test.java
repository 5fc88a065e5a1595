package io.jcri.cni;

import static io.jcri.cni.ScriptPlugins.FAIL;
import static io.jcri.cni.ScriptPlugins.RESULT;
import static io.jcri.cni.ScriptPlugins.versions;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** STATUS and GC, and when they may be used; what is collected and what never. */
final class CniVersion11Test {
  private static final String NEW = versions("1.0.0", "1.1.0");
  private static final String OLD = versions("0.4.0", "1.0.0");

  @TempDir Path root;
  private TestNode node;
  private ScriptPlugins plugins;

  @BeforeEach
  void setUp() throws Exception {
    node = new TestNode(root);
    plugins = node.plugins;
    plugins.add("a", Map.of("VERSION", NEW, "ADD", RESULT));
    plugins.add("b", Map.of("VERSION", NEW, "ADD", RESULT));
    node.conflist("1.1.0", "{\"type\":\"a\"}", "{\"type\":\"b\"}");
  }

  /** Makes the record of an attachment as old as one that a collection may touch. */
  private void age(String id) throws Exception {
    Files.setLastModifiedTime(
        node.cacheFile("net", id), FileTime.from(Instant.now().minus(Duration.ofHours(1))));
  }

  @Test
  void statusAsksEveryPluginAndKeepsTheAnswer() throws Exception {
    try (Cni cni = node.open()) {
      assertThat(TestNode.answered(cni)).isEqualTo(NetworkStatus.ready(""));
      assertThat(cni.status().ready()).isTrue();
    }
    assertThat(plugins.calls()).containsExactly("STATUS a", "STATUS b");
    assertThat(plugins.stdin("b", "STATUS"))
        .isEqualTo(Json.parseObject("{\"type\":\"b\",\"name\":\"net\",\"cniVersion\":\"1.1.0\"}"));
  }

  @Test
  void statusGivesThePluginsOwnReason() throws Exception {
    plugins.add("b", Map.of("VERSION", NEW, "STATUS", FAIL));
    try (Cni cni = node.open()) {
      assertThat(TestNode.answered(cni))
          .isEqualTo(
              new NetworkStatus(
                  false,
                  "NetworkPluginNotReady",
                  "cni plugin b failed to STATUS network net: no luck; really (code 11)"));
    }
  }

  @Test
  void aNetworkThatWasReadyHasItsGrace() throws Exception {
    try (Cni cni = node.open()) {
      cni.useStatusGrace(Duration.ofDays(1));
      assertThat(TestNode.answered(cni)).isEqualTo(NetworkStatus.ready(""));
      cni.attach(TestNode.pod("s1"));
      plugins.remove("b");
      assertThat(cni.status().ready()).isTrue();
      assertThat(cni.status().message())
          .startsWith("not ready, which is not told yet: cni plugin b of network net is not in");
    }
    try (Cni next = node.open()) {
      next.useStatusGrace(Duration.ofDays(1));
      assertThat(next.status().ready()).as("with the pods of the daemon before").isTrue();
    }
    Files.delete(node.cacheFile("net", "s1"));
    try (Cni next = node.open()) {
      next.useStatusGrace(Duration.ofDays(1));
      assertThat(next.status().ready()).as("without any").isFalse();
    }
  }

  @Test
  void aPluginThatEndsAtOneZeroTakesTheChainThere() throws Exception {
    plugins.add("b", Map.of("VERSION", OLD, "ADD", RESULT));
    try (Cni cni = node.open()) {
      assertThat(TestNode.answered(cni).ready()).isTrue();
      assertThat(cni.attach(TestNode.pod("s1")).resultJson()).contains("\"cniVersion\":\"1.0.0\"");
      cni.collectGarbage(Set.of("s1"));
      cni.detach(TestNode.pod("s1"));
    }
    assertThat(plugins.calls()).containsExactly("ADD a", "ADD b", "DEL b", "DEL a");
    assertThat(plugins.stdin("a", "ADD").get("cniVersion")).hasToString("\"1.0.0\"");
  }

  @Test
  void anAnswerIsForgottenWhenTheBinaryChanges() throws Exception {
    plugins.add("b", Map.of("VERSION", OLD, "ADD", RESULT));
    try (Cni cni = node.open()) {
      assertThat(cni.attach(TestNode.pod("s1")).resultJson()).contains("\"cniVersion\":\"1.0.0\"");
      plugins.remove("b");
      plugins.add("b", Map.of("VERSION", NEW, "ADD", RESULT, "X", "a longer file"));
      assertThat(cni.attach(TestNode.pod("s2")).resultJson()).contains("\"cniVersion\":\"1.1.0\"");
    }
  }

  @Test
  void collectsTheDeadAndTellsPluginsWhoIsValid() throws Exception {
    try (Cni cni = node.open()) {
      for (String id : new String[] {"live", "dead", "young"}) {
        cni.attach(TestNode.pod(id));
      }
      age("live");
      age("dead");
      // Another runtime's attachment to the same network: not ours to undo, but valid.
      Files.writeString(
          node.cacheFile("net", "other"),
          Files.readString(node.cacheFile("net", "dead"))
              .replace("\"dead\"", "\"other\"")
              .replace(",\"owner\":\"jcri\"", ""));
      age("other");
      plugins.forgetCalls();
      cni.collectGarbage(Set.of("live"));
    }
    assertThat(plugins.calls()).containsExactly("DEL b", "DEL a", "GC a", "GC b");
    assertThat(plugins.environment("a", "DEL")).contains("CNI_CONTAINERID=dead");
    assertThat(node.cacheFile("net", "dead")).doesNotExist();
    assertThat(node.cacheFile("net", "live")).exists();
    assertThat(node.cacheFile("net", "young")).exists();
    assertThat(node.cacheFile("net", "other")).exists();
    assertThat(Json.write(plugins.stdin("b", "GC").get("cni.dev/valid-attachments")))
        .isEqualTo(
            "[{\"containerID\":\"live\",\"ifname\":\"eth0\"},"
                + "{\"containerID\":\"other\",\"ifname\":\"eth0\"},"
                + "{\"containerID\":\"young\",\"ifname\":\"eth0\"}]");
  }

  @Test
  void whatAnEarlierDaemonLeftIsCollectedAtOnce() throws Exception {
    try (Cni cni = node.open()) {
      cni.attach(TestNode.pod("dead"));
    }
    Files.setLastModifiedTime(
        node.cacheFile("net", "dead"), FileTime.from(Instant.now().minus(Duration.ofSeconds(2))));
    try (Cni cni = node.open()) {
      cni.collectGarbage(Set.of());
    }
    assertThat(node.cacheFile("net", "dead")).doesNotExist();
  }

  @Test
  void whatWasWrittenBeforeTheClockWasSetBackIsNotYoungForEver() throws Exception {
    try (Cni cni = node.open()) {
      cni.attach(TestNode.pod("dead"));
      Files.setLastModifiedTime(
          node.cacheFile("net", "dead"), FileTime.from(Instant.now().plus(Duration.ofDays(1))));
      cni.collectGarbage(Set.of());
    }
    assertThat(node.cacheFile("net", "dead")).doesNotExist();
  }

  @Test
  void collectionThatFailsIsLeftForTheNextRun() throws Exception {
    try (Cni cni = node.open()) {
      cni.attach(TestNode.pod("dead"));
      age("dead");
      plugins.add("a", Map.of("VERSION", NEW, "DEL", FAIL, "GC", FAIL));
      plugins.forgetCalls();
      cni.collectGarbage(Set.of());
      assertThat(plugins.calls()).containsExactly("DEL b", "DEL a", "GC a", "GC b");
      assertThat(node.cacheFile("net", "dead")).exists();
      plugins.add("a", Map.of("VERSION", NEW));
      cni.collectGarbage(Set.of());
      assertThat(node.cacheFile("net", "dead")).doesNotExist();
    }
  }

  /** They are not synced: after a power cut some are there and empty, or full of zeros. */
  @Test
  void recordsThatAPowerCutHasEmptiedGoWithTheirPods() throws Exception {
    Path old = node.cacheFile("net", "old");
    Path left = node.cacheFile("net", "left");
    Path living = node.cacheFile("net", "living");
    Files.createDirectories(old.getParent());
    for (Path torn : List.of(old, left, living)) {
      Files.createFile(torn);
    }
    Files.write(left, new byte[800]);
    Path unfinished = old.resolveSibling(".net-gone-eth0");
    Files.writeString(unfinished, "{");
    Files.setLastModifiedTime(unfinished, FileTime.from(Instant.now().minusSeconds(3600)));
    age("old");
    age("left");
    age("living");
    try (Cni cni = node.open()) {
      cni.detach(TestNode.pod("old"));
      assertThat(old).doesNotExist();
      assertThat(plugins.calls()).containsExactly("DEL b", "DEL a");
      cni.collectGarbage(Set.of("living"));
      assertThat(left).doesNotExist();
      assertThat(unfinished).doesNotExist();
      assertThat(living).exists();
      Files.createFile(left); // by another runtime, at this moment
      cni.collectGarbage(Set.of("living"));
      assertThat(left).exists();
    }
  }

  @Test
  void aChainWhosePluginIsGoneKeepsNoOtherFromBeingCollected() throws Exception {
    try (Cni cni = node.open()) {
      cni.attach(TestNode.pod("dead-1"));
      age("dead-1");
    }
    node.conflist("1.1.0", "{\"type\":\"b\"}");
    try (Cni cni = node.open()) {
      cni.attach(TestNode.pod("dead-2"));
      age("dead-2");
      plugins.remove("a");
      plugins.forgetCalls();
      cni.collectGarbage(Set.of());
      assertThat(plugins.calls()).containsExactly("DEL b", "DEL b", "GC b");
      assertThat(node.cacheFile("net", "dead-1")).as("until its plugin is back").exists();
      assertThat(node.cacheFile("net", "dead-2")).doesNotExist();
    }
  }

  @Test
  void anOperatorCanForbidGcAndCheck() throws Exception {
    node.write(
        "10-net.conflist",
        "{\"cniVersion\":\"1.1.0\",\"name\":\"net\",\"disableGC\":true,\"disableCheck\":true,"
            + "\"plugins\":[{\"type\":\"a\"}]}");
    try (Cni cni = node.open()) {
      cni.attach(TestNode.pod("s1"));
      cni.check(TestNode.pod("s1"));
      cni.collectGarbage(Set.of("s1"));
    }
    assertThat(plugins.calls()).containsExactly("ADD a");
  }
}
