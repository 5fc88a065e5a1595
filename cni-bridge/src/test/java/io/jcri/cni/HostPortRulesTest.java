package io.jcri.cni;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The rules' text. What they do is seen by an integration test. */
final class HostPortRulesTest {
  private static final PodPorts NONE = new PodPorts("none", List.of(), List.of());

  private static PodPorts pod(String id, HostPort... ports) {
    return new PodPorts(id, List.of(ports), List.of())
        .at(List.of("10.1.0.5/16", "fd00:1::5/64", "10.1.0.6/16"));
  }

  @Test
  void thereIsNoTableWithoutAPort() throws Exception {
    String gone = "table ip t {}\ndelete table ip t\n";
    assertThat(HostPortRules.script("t", false, List.of())).isEqualTo(gone);
    assertThat(HostPortRules.script("t", false, List.of(NONE))).isEqualTo(gone);
    PodPorts claims = new PodPorts("a", List.of(HostPortTest.port(80, "tcp", "")), List.of());
    assertThat(HostPortRules.script("t", false, List.of(claims))).isEqualTo(gone);
    assertThat(HostPortRules.any(true, List.of(pod("a", HostPortTest.port(80, "tcp", "0.0.0.0")))))
        .isFalse();
  }

  @Test
  void leadsToTheFirstAddressOfTheFamily() throws Exception {
    assertThat(
            HostPortRules.script(
                "t", false, List.of(pod("abc", HostPortTest.port(8080, "tcp", "")))))
        .isEqualTo(
            """
            table ip t {}
            delete table ip t
            table ip t {
              chain ports {
                tcp dport 8080 ip saddr { 127.0.0.0/8, 10.1.0.0/16 } meta mark set meta mark | 0x2000
                tcp dport 8080 dnat to 10.1.0.5:80 comment "pod abc"
              }
              chain prerouting {
                type nat hook prerouting priority -100; policy accept;
                ip daddr != 127.0.0.0/8 fib daddr type local jump ports
              }
              chain output {
                type nat hook output priority -100; policy accept;
                fib daddr type local jump ports
              }
              chain postrouting {
                type nat hook postrouting priority 100; policy accept;
                meta mark & 0x2000 == 0x2000 ct status dnat masquerade
              }
              chain input {
                type filter hook input priority 0; policy accept;
                iifname != "lo" ip saddr 127.0.0.0/8 ct state != { established, related } ct status & dnat == 0 drop
                iifname != "lo" ip daddr 127.0.0.0/8 ct state != { established, related } ct status & dnat == 0 drop
              }
            }
            """);
  }

  @Test
  void leadsInBothFamilies() throws Exception {
    String script =
        HostPortRules.script("t", true, List.of(pod("abc", HostPortTest.port(53, "udp", ""))));
    assertThat(script)
        .contains("    udp dport 53 ip6 saddr fd00:1:0:0:0:0:0:0/64 meta mark set")
        .contains("    udp dport 53 dnat to [fd00:1:0:0:0:0:0:5]:80 comment \"pod abc\"\n")
        .contains("    ip6 daddr != ::1 fib daddr type local jump ports\n")
        .doesNotContain("127.0.0");
  }

  @Test
  void aPortOfOneAddressComesBeforeThatOfAllWhoseverItIs() throws Exception {
    PodPorts first = pod("first", HostPortTest.port(80, "sctp", "0.0.0.0"));
    PodPorts second =
        pod(
            "second",
            HostPortTest.port(80, "sctp", "192.0.2.1"),
            HostPortTest.port(80, "sctp", "fd00::1"));
    String script = HostPortRules.script("t", false, List.of(first, second));
    assertThat(script.lines().filter(line -> line.contains("dnat to")).map(String::strip))
        .containsExactly(
            "ip daddr 192.0.2.1 sctp dport 80 dnat to 10.1.0.5:80 comment \"pod second\"",
            "sctp dport 80 dnat to 10.1.0.5:80 comment \"pod first\"");
  }

  /** The kernel takes no longer comment. */
  @Test
  void aLongIdIsCut() throws Exception {
    PodPorts pod = pod("x".repeat(200), HostPortTest.port(80, "tcp", ""));
    assertThat(HostPortRules.script("t", false, List.of(pod)))
        .contains("\"pod " + "x".repeat(100) + "\"");
  }

  @Test
  void anAnswerThatIsNoAddressLeadsNowhere() throws Exception {
    PodPorts pod =
        new PodPorts("a", List.of(HostPortTest.port(80, "tcp", "")), List.of())
            .at(List.of("10.1.0.5/99", "no", "", "10.1.0.5/16; drop"));
    assertThat(pod.addresses()).isEmpty();
  }
}
