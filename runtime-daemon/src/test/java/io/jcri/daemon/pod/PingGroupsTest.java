package io.jcri.daemon.pod;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.sandbox.IdMapping;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PingGroupsTest {
  private static final List<IdMapping> GROUPS =
      List.of(new IdMapping(0, 200_000, 1000), new IdMapping(1000, 300_000, 64_536));

  @ParameterizedTest
  @CsvSource({
    "0 2147483647, 0 65535",
    "0\t4294967295, 0 65535",
    "70000 80000, 65535 65535",
    "0 65535, 0 65535",
    "1 0, 1 0",
    "all, all"
  })
  void rangeEndsWithTheNamespace(String wanted, String had) {
    assertThat(PingGroups.within(Map.of(PingGroups.NAME, wanted, "net.a", "1"), GROUPS))
        .isEqualTo(Map.of(PingGroups.NAME, had, "net.a", "1"));
  }
}
