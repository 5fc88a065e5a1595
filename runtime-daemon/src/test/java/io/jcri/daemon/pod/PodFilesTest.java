package io.jcri.daemon.pod;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PodFilesTest {
  @Test
  void resolvConfHasEveryPart() {
    DnsConfig dns =
        new DnsConfig(
            List.of("10.0.0.10", "1.1.1.1"), List.of("svc.local", "local"), List.of("ndots:5"));
    assertThat(PodFiles.resolvConf(dns))
        .isEqualTo(
            "search svc.local local\nnameserver 10.0.0.10\nnameserver 1.1.1.1\noptions ndots:5\n");
    assertThat(PodFiles.resolvConf(new DnsConfig(List.of("1.1.1.1"), List.of(), List.of())))
        .isEqualTo("nameserver 1.1.1.1\n");
  }

  @Test
  void hostsNamesThePod() {
    assertThat(PodFiles.hosts("web", List.of("10.0.0.2", "fd00::2")))
        .startsWith("127.0.0.1\tlocalhost\n")
        .endsWith("10.0.0.2\tweb\nfd00::2\tweb\n");
  }
}
