package io.jcri.daemon.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PodSysctlsTest {
  private static final Map<String, String> DEFAULTS =
      PodSysctls.parse(
          List.of("net.core.somaxconn=9", "kernel.shmmax=8", "fs.mqueue.msg_max=7", "net.a.b=6"));

  @ParameterizedTest
  @CsvSource({
    "net.ipv4.conf.eth0/1.x, net.ipv4.conf.eth0/1.x",
    "net/ipv4/conf/eth0.1/x, net.ipv4.conf.eth0/1.x",
    "net/core/x, net.core.x",
    "name, name"
  })
  void bothSpellingsAreOne(String written, String name) {
    assertThat(PodSysctls.name(written)).isEqualTo(name);
  }

  @Test
  void whatAPodSaysItselfCountsInWhicheverSpelling() {
    assertThat(
            PodSysctls.with(
                DEFAULTS, Map.of("net/core/somaxconn", "1", "net.c.d", "2"), true, true))
        .isEqualTo(
            Map.of(
                "net/core/somaxconn", "1",
                "net.c.d", "2",
                "kernel.shmmax", "8",
                "fs.mqueue.msg_max", "7",
                "net.a.b", "6"));
  }

  @Test
  void whatIsTheNodesIsLeftAlone() {
    assertThat(PodSysctls.with(DEFAULTS, Map.of(), false, true))
        .containsOnlyKeys("kernel.shmmax", "fs.mqueue.msg_max");
    assertThat(PodSysctls.with(DEFAULTS, Map.of(), true, false))
        .containsOnlyKeys("net.core.somaxconn", "net.a.b");
    assertThat(PodSysctls.with(DEFAULTS, Map.of("net.x", "1"), false, false))
        .isEqualTo(Map.of("net.x", "1"));
  }
}
