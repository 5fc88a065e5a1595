package io.jcri.oci.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.oci.OciException;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RuntimeStatsTest {
  /** All that gVisor's runsc tells. */
  private static final String RUNSC =
      """
      {"type":"stats","id":"c1","data":{"cpu":{"usage":{"total":865983188571}},\
      "memory":{"usage":{"limit":0,"usage":2031616,"failcnt":0},"swap":{"limit":0,"failcnt":0},\
      "kernel":{"limit":0,"failcnt":0},"kernelTCP":{"limit":0,"failcnt":0}},\
      "pids":{"current":1},"network_interfaces":null}}
      """;

  /** Part of what runc tells. */
  private static final String RUNC =
      """
      {"type":"stats","id":"c1","data":{
        "cpu":{"usage":{"total":5,"percpu":[2,3],"kernel":1,"user":4},"throttling":{}},
        "memory":{"cache":9,"usage":{"limit":%s,"usage":1000,"max":2000,"failcnt":0},
          "raw":{"inactive_file":1,"total_inactive_file":300}},
        "pids":{"current":7,"limit":100},"blkio":{},"hugetlb":{}}}
      """;

  private static RuntimeStats parse(String text) {
    return RuntimeStats.parse(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aRuntimeThatCountsItselfTellsTheLeast() {
    RuntimeStats told = parse(RUNSC);
    assertThat(told)
        .isEqualTo(new RuntimeStats(865983188571L, 2031616, 0, OptionalLong.empty(), 1));
    assertThat(told.workingSet()).isEqualTo(2031616);
  }

  @Test
  void pagesOfTheWholeGroupAreNoWorkingSet() {
    RuntimeStats told = parse(RUNC.formatted(4096));
    assertThat(told).isEqualTo(new RuntimeStats(5, 1000, 300, OptionalLong.of(4096), 7));
    assertThat(told.workingSet()).isEqualTo(700);
    assertThat(parse(RUNC.formatted(1).replace("\"total_inactive_file\":300", "\"x\":0")))
        .returns(1L, RuntimeStats::inactiveFile);
    assertThat(parse(RUNC.formatted(1).replace(":300", ":3000")))
        .returns(0L, RuntimeStats::workingSet);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "9223372036854771712", "18446744073709551615", "null"})
  void noLimitHasManyNames(String limit) {
    assertThat(parse(RUNC.formatted(limit)).memoryLimit()).isEmpty();
  }

  @Test
  void aFigureBeyondALongIsAsMuchAsOneHolds() {
    assertThat(parse(RUNSC.replace("865983188571", "18446744073709551615")))
        .returns(Long.MAX_VALUE, RuntimeStats::cpuNanos);
    assertThat(parse(RUNSC.replace("2031616", "-5"))).returns(0L, RuntimeStats::memory);
    assertThat(parse(RUNSC.replace("2031616", "7.9"))).returns(7L, RuntimeStats::memory);
    assertThat(parse(RUNSC.replace("2031616", "1e300")))
        .returns(Long.MAX_VALUE, RuntimeStats::memory);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{}",
        "{\"type\":\"oom\"}",
        "{\"type\":\"stats\"}",
        "{\"type\":\"stats\",\"data\":null}",
        "{\"type\":\"stats\",\"data\":[]}",
        "{\"type\":\"stats\",\"data\":{\"cpu\":{\"usage\":{\"total\":1}}}}",
        "{\"type\":\"stats\",\"data\":{\"memory\":{\"usage\":{\"usage\":1}}}}",
        "{\"type\":\"stats\",\"data\":{\"cpu\":{\"usage\":{\"total\":{}}},\"memory\":{\"usage\":{\"usage\":1}}}}",
        "{\"type\":\"stats\",\"data\":{\"cpu\":{\"usage\":{\"total\":\"x\"}},\"memory\":{\"usage\":{\"usage\":1}}}}",
        "{\"type\":\"stats\",\"data\":{\"cpu\":{\"usage\":{\"total\":1e999999999}},\"memory\":{\"usage\":{\"usage\":\"\"}}}}"
      })
  void whatIsNoneIsRefused(String text) {
    assertThatThrownBy(() -> parse(text))
        .isInstanceOf(OciException.class)
        .extracting(e -> ((OciException) e).kind())
        .isEqualTo(OciException.Kind.INVALID);
  }

  @Test
  void twoEventsAreNotOne() {
    assertThatThrownBy(() -> parse(RUNSC + RUNSC)).isInstanceOf(OciException.class);
  }
}
