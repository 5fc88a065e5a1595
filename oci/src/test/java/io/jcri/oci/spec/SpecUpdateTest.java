package io.jcri.oci.spec;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.oci.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SpecUpdateTest {
  private static final String SPEC =
      """
      {"ociVersion":"1.0.2","process":{"args":["x"],"oomScoreAdj":5},
       "linux":{"resources":{"devices":[{"allow":false,"access":"rwm"}],
         "memory":{"limit":64,"reservation":32},"rdma":{"a":18446744073709551615}},
        "seccomp":{"defaultAction":"SCMP_ACT_ERRNO"}},
       "annotations":{"a":"1"}}\
      """;

  private static String apply(
      LinuxResources change, Optional<Integer> score, Map<String, String> annotations) {
    byte[] after =
        SpecUpdate.apply(SPEC.getBytes(StandardCharsets.UTF_8), change, score, annotations);
    return new String(after, StandardCharsets.UTF_8);
  }

  @Test
  void changesWhatIsSetAndKeepsAllElse() {
    String after =
        apply(
            LinuxResources.builder().memoryLimit(128).cpuShares(7).build(),
            Optional.of(9),
            Map.of("b", "2"));
    assertThat(Json.parseTree(after.getBytes(StandardCharsets.UTF_8)))
        .isEqualTo(
            Json.parseTree(
                """
                {"ociVersion":"1.0.2","process":{"args":["x"],"oomScoreAdj":9},
                 "linux":{"resources":{"devices":[{"allow":false,"access":"rwm"}],
                   "memory":{"limit":128,"reservation":32},
                   "rdma":{"a":18446744073709551615},"cpu":{"shares":7}},
                  "seccomp":{"defaultAction":"SCMP_ACT_ERRNO"}},
                 "annotations":{"a":"1","b":"2"}}\
                """
                    .getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void hugePagesAndUnifiedFilesArrive() {
    String after =
        apply(
            LinuxResources.builder()
                .hugepages(List.of(new LinuxResources.HugepageLimit("2MB", 4)))
                .unified(Map.of("memory.high", "5"))
                .build(),
            Optional.empty(),
            Map.of());
    assertThat(after)
        .contains("\"hugepageLimits\":[{\"pageSize\":\"2MB\",\"limit\":4}]")
        .contains("\"unified\":{\"memory.high\":\"5\"}")
        .contains("\"oomScoreAdj\":5")
        .contains("\"ociVersion\":\"1.1.0\"");
  }

  @Test
  void nothingToChangeChangesNothing() {
    assertThat(
            Json.parseTree(
                apply(LinuxResources.NONE, Optional.empty(), Map.of())
                    .getBytes(StandardCharsets.UTF_8)))
        .isEqualTo(Json.parseTree(SPEC.getBytes(StandardCharsets.UTF_8)));
  }
}
