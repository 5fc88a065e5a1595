package io.jcri.oci.spec;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.oci.Json;
import java.io.IOException;
import java.io.InputStream;
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
  void keepsWhatItDoesNotKnow() {
    String later =
        """
        {"ociVersion":"2.0.0","vendor":{"a":[{"b":5}]},
         "process":{"args":["x"],"execCPUAffinity":{"initial":"0"}},
         "linux":{"personality":{"domain":"LINUX"},
          "resources":{"memory":{"checkBeforeUpdate":true,"limit":64},
           "cpu":{"burst":5,"idle":1},"blockIO":{"weight":10},
           "devices":[{"allow":false,"access":"rwm","new":1}]}}}\
        """;
    byte[] after =
        SpecUpdate.apply(
            later.getBytes(StandardCharsets.UTF_8),
            LinuxResources.builder().memoryLimit(128).cpuQuota(7).build(),
            Optional.of(9),
            Map.of());
    assertThat(new String(after, StandardCharsets.UTF_8))
        .isEqualTo(
            """
            {"ociVersion":"2.0.0","vendor":{"a":[{"b":5}]},\
            "process":{"args":["x"],"execCPUAffinity":{"initial":"0"},"oomScoreAdj":9},\
            "linux":{"personality":{"domain":"LINUX"},\
            "resources":{"memory":{"checkBeforeUpdate":true,"limit":128},\
            "cpu":{"burst":5,"idle":1,"quota":7},"blockIO":{"weight":10},\
            "devices":[{"allow":false,"access":"rwm","new":1}]}}}\
            """);
  }

  @Test
  void whatAnEarlierVersionWroteIsKeptBesideTheChange() throws IOException {
    byte[] full;
    try (InputStream file = SpecUpdateTest.class.getResourceAsStream("config-full.json")) {
      full = file.readAllBytes();
    }
    byte[] same = SpecUpdate.apply(full, LinuxResources.NONE, Optional.empty(), Map.of());
    assertThat(Json.parseTree(same)).isEqualTo(Json.parseTree(full));
    LinuxResources change =
        LinuxResources.builder()
            .hugepages(List.of(new LinuxResources.HugepageLimit("2MB", 4)))
            .unified(Map.of("memory.min", "5"))
            .build();
    String after =
        new String(
            SpecUpdate.apply(full, change, Optional.empty(), Map.of()), StandardCharsets.UTF_8);
    assertThat(after)
        .contains(
            "\"hugepageLimits\":[{\"pageSize\":\"2MB\",\"limit\":4},"
                + "{\"pageSize\":\"1GB\",\"limit\":1073741824}]")
        .contains("\"memory.min\":\"5\"")
        .contains("\"memory.high\":\"200000000\"");
  }

  @Test
  void aValueThatIsNotUnderstoodIsInNobodysWay() {
    String strange =
        """
        {"ociVersion":"1.0.2","linux":{"resources":{"cpu":{"shares":18446744073709551615},\
        "hugepageLimits":[{"pageSize":"2MB","limit":18446744073709551615,"new":1}],\
        "devices":[{"major":"none"}]}}}\
        """;
    byte[] after =
        SpecUpdate.apply(
            strange.getBytes(StandardCharsets.UTF_8),
            LinuxResources.builder().memoryLimit(128).build(),
            Optional.empty(),
            Map.of());
    assertThat(new String(after, StandardCharsets.UTF_8))
        .isEqualTo(strange.replace("}]}}}", "}],\"memory\":{\"limit\":128}}}}"));
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
