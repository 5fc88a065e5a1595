package io.jcri.it.restart;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.cri.v1.ListPodSandboxRequest;
import io.jcri.cri.v1.ListPodSandboxStatsRequest;
import io.jcri.cri.v1.RemovePodSandboxRequest;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.record.RecordStore;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import io.jcri.oci.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Records of pods that no daemon takes any more, but that one before it did: whatever they hold,
 * their pods can be removed.
 */
class HostileRecordsTest {
  private static final String LONG = "/a".repeat(2500);

  @RegisterExtension static final TestNode NODE = new TestNode();

  /** Rewrites the record of a pod of which nothing is left, as if leaving its network was due. */
  private static void spoil(TestPod pod, String from, String to) throws IOException {
    pod.stop();
    NODE.daemon().kill();
    RecordStore<Pod> records = new RecordStore<>(NODE.daemon().root().resolve("pods"), Pod.class);
    Pod before =
        records.loadAll().stream().filter(p -> p.id().equals(pod.id())).findFirst().orElseThrow();
    String text = new String(Json.toBytes(before.withNetworkDue(true)), StandardCharsets.UTF_8);
    assertThat(text).contains(from);
    records.save(
        pod.id(), Json.parse(text.replace(from, to).getBytes(StandardCharsets.UTF_8), Pod.class));
  }

  private static void assertRemoved(TestPod pod) throws IOException {
    NODE.daemon().start();
    var runtime = NODE.cri().runtime();
    assertThat(runtime.listPodSandbox(ListPodSandboxRequest.getDefaultInstance()).getItemsList())
        .anyMatch(item -> item.getId().equals(pod.id()));
    assertThat(
            runtime
                .listPodSandboxStats(ListPodSandboxStatsRequest.getDefaultInstance())
                .getStatsList())
        .allMatch(stats -> stats.getAttributes().getId().equals(pod.id()));
    pod.stop();
    runtime.removePodSandbox(
        RemovePodSandboxRequest.newBuilder().setPodSandboxId(pod.id()).build());
    assertThat(runtime.listPodSandbox(ListPodSandboxRequest.getDefaultInstance()).getItemsList())
        .isEmpty();
    NODE.assertNoPodIsLeft();
  }

  @Test
  void aNulInTheName() throws IOException {
    TestPod pod = NODE.pod();
    String name = "\"" + pod.config().getMetadata().getName() + "\"";
    spoil(pod, "\"name\":" + name, "\"name\":\"a\\u0000b\"");
    assertRemoved(pod);
  }

  @Test
  void anArgumentInTheNamespace() throws IOException {
    TestPod pod = NODE.pod();
    spoil(pod, "\"namespace\":\"it\"", "\"namespace\":\"it;K8S_POD_NAME=other\"");
    assertRemoved(pod);
  }

  @Test
  void aUidThatNoVariableHolds() throws IOException {
    TestPod pod = NODE.pod();
    String uid = "\"uid\":\"" + pod.config().getMetadata().getUid() + "\"";
    spoil(pod, uid, "\"uid\":\"" + "u".repeat(300_000) + "\"");
    assertRemoved(pod);
  }

  @Test
  void aCgroupOfFiveThousandCharacters() throws IOException {
    TestPod pod = NODE.pod();
    Path note = NODE.daemon().state().resolve("pods").resolve(pod.id()).resolve("cgroup");
    spoil(pod, "\"cgroupParent\":\"\"", "\"cgroupParent\":\"" + LONG + "\"");
    Files.createDirectories(note.getParent());
    Files.writeString(note, LONG + "/" + pod.id() + "\n");
    assertRemoved(pod);
  }

  @Test
  void aCgroupWithANul() throws IOException {
    TestPod pod = NODE.pod();
    Path note = NODE.daemon().state().resolve("pods").resolve(pod.id()).resolve("cgroup");
    spoil(pod, "\"cgroupParent\":\"\"", "\"cgroupParent\":\"/a\\u0000b\"");
    Files.createDirectories(note.getParent());
    Files.writeString(note, "/a\0b/" + pod.id() + "\n");
    assertRemoved(pod);
  }
}
