package io.jcri.cni;

import static io.jcri.cni.ScriptPlugins.RESULT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ResultCacheTest {
  @TempDir Path root;
  private TestNode node;

  @BeforeEach
  void setUp() throws Exception {
    node = new TestNode(root);
    node.plugins.add("a", Map.of("ADD", RESULT));
    node.conflist("1.0.0", "{\"type\":\"a\",\"capabilities\":{\"portMappings\":true}}");
  }

  @Test
  void writesWhatLibcniWrites() throws Exception {
    try (Cni cni = node.open()) {
      cni.attach(
          TestNode.pod("s1").withPortMappings(List.of(new PortMapping(80, 8080, "tcp", ""))));
    }
    Path file = node.cacheFile("net", "s1");
    JsonObject json = Json.read(file);
    String config = json.remove("config").getAsString();
    assertThat(json)
        .isEqualTo(
            Json.parseObject(
                """
                {"kind":"cniCacheV1","containerId":"s1","ifName":"eth0","networkName":"net",
                 "netns":"/proc/self/ns/net",
                 "cniArgs":[["IgnoreUnknown","1"],["K8S_POD_NAMESPACE","default"],["K8S_POD_NAME","web"],
                            ["K8S_POD_INFRA_CONTAINER_ID","s1"],["K8S_POD_UID","uid-1"]],
                 "capabilityArgs":{"portMappings":[{"hostPort":80,"containerPort":8080,"protocol":"tcp"}]},
                 "result":{"cniVersion":"1.0.0","interfaces":[{"name":"eth0","sandbox":"/x"}],
                           "ips":[{"address":"10.9.0.2/24","gateway":"10.9.0.1","interface":0}]},
                 "owner":"jcri"}
                """));
    assertThat(
            Json.parseObject(
                new String(Base64.getDecoder().decode(config), StandardCharsets.UTF_8)))
        .isEqualTo(
            Json.parseObject(
                """
                {"cniVersion":"1.0.0","name":"net","loadOnlyInlinedPlugins":true,
                 "plugins":[{"type":"a","capabilities":{"portMappings":true}}]}
                """));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())))
        .isEqualTo("rwx------");
  }

  @Test
  void undoesWhatAnotherRuntimeRecorded() throws Exception {
    String conflist =
        "{\"cniVersion\":\"0.4.0\",\"name\":\"old-net\",\"plugins\":[{\"type\":\"a\",\"from\":\"libcni\"}]}";
    Files.createDirectories(node.cacheDir.resolve("results"));
    Files.writeString(
        node.cacheFile("old-net", "s7"),
        """
        {"kind":"cniCacheV1","containerId":"s7","config":"%s","ifName":"eth0","networkName":"old-net",
         "cniArgs":[["IgnoreUnknown","1"]],"result":{"cniVersion":"0.4.0","dns":{}}}
        """
            .formatted(
                Base64.getEncoder().encodeToString(conflist.getBytes(StandardCharsets.UTF_8))));
    try (Cni cni = node.open()) {
      cni.detach(TestNode.pod("s7"));
    }
    assertThat(node.plugins.calls()).containsExactly("DEL a");
    assertThat(node.plugins.stdin("a", "DEL"))
        .isEqualTo(
            Json.parseObject(
                """
                {"type":"a","from":"libcni","name":"old-net","cniVersion":"0.4.0",
                 "prevResult":{"cniVersion":"0.4.0","dns":{}}}
                """));
    assertThat(node.plugins.environment("a", "DEL")).contains("CNI_ARGS=IgnoreUnknown=1");
    assertThat(node.cacheFile("old-net", "s7")).doesNotExist();
  }

  @Test
  void damagedFilesAreNobodysAttachment() throws Exception {
    Files.createDirectories(node.cacheDir.resolve("results"));
    for (String content :
        List.of(
            "",
            "{",
            "{\"kind\":\"cniCacheV2\"}",
            "{\"kind\":\"cniCacheV1\",\"config\":\"%%%\"}",
            "{\"kind\":\"cniCacheV1\",\"config\":\"e30=\",\"cniArgs\":[[1],{}]}")) {
      Files.writeString(node.cacheFile("net", "s1"), content);
      assertThat(new ResultCache(node.cacheDir).all()).isEmpty();
    }
  }

  /** What it says may be the address of a pod, which nobody else would give back. */
  @Test
  void oneThatCannotBeReadIsNotTakenForNone() throws Exception {
    Path unreadable = Files.createDirectories(node.cacheFile("net", "s1"));
    try (Cni cni = node.open()) {
      assertThatThrownBy(() -> cni.detach(TestNode.pod("s1")))
          .isInstanceOfSatisfying(
              CniException.class,
              e -> assertThat(e.reason()).isEqualTo(CniException.Reason.STORAGE))
          .hasMessageContaining(unreadable.toString());
    }
    assertThat(node.plugins.calls()).isEmpty();
  }

  @Test
  void noRoomForTheRecordMeansThatNothingRuns() throws Exception {
    Files.createDirectories(node.cacheDir);
    Files.writeString(node.cacheDir.resolve("results"), "in the way");
    try (Cni cni = node.open()) {
      assertThatThrownBy(() -> cni.attach(TestNode.pod("s1")))
          .isInstanceOfSatisfying(
              CniException.class,
              e -> assertThat(e.reason()).isEqualTo(CniException.Reason.STORAGE))
          .hasMessageContaining(node.cacheFile("net", "s1").toString());
    }
    assertThat(node.plugins.calls()).isEmpty();
  }
}
