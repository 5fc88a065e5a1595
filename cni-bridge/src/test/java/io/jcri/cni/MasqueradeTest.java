package io.jcri.cni;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.cni.PodCidrs.Cidr;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rule's text, and what is said when it cannot be set; with a stand-in for nft. */
final class MasqueradeTest {
  private static final Cidr V4 = new Cidr("10.1.0.0/16", false);
  private static final Cidr V6 = new Cidr("fd00:1::/64", true);

  @TempDir Path root;
  private ScriptPlugins programs;
  private ChildProcess processes;

  @BeforeEach
  void setUp() throws Exception {
    programs = new ScriptPlugins(root);
    processes = new ChildProcess();
  }

  @AfterEach
  void tearDown() throws Exception {
    processes.close();
  }

  private Masquerade masquerade() {
    return new Masquerade(new Nft(processes, List.of(programs.bin())), "jcri");
  }

  private String script() throws Exception {
    return Files.readString(programs.records().resolve("nft..stdin"));
  }

  @Test
  void theRuleReplacesItsTableInOneTransaction() throws Exception {
    programs.add("nft", Map.of());
    Masquerade masquerade = masquerade();
    masquerade.apply(List.of(V4));
    assertThat(masquerade.problem()).isEmpty();
    assertThat(script())
        .isEqualTo(
            """
            table ip jcri {}
            delete table ip jcri
            table ip jcri {
              chain postrouting {
                type nat hook postrouting priority 100; policy accept;
                ip saddr 10.1.0.0/16 ip daddr != { 10.1.0.0/16, 224.0.0.0/4 } masquerade
              }
            }
            """);
  }

  @Test
  void aFamilyIsTouchedOnlyWhileItIsOurs() throws Exception {
    programs.add("nft", Map.of());
    Masquerade masquerade = masquerade();
    masquerade.apply(List.of(V4, V6));
    assertThat(script()).contains("ip6 saddr fd00:1::/64");
    masquerade.apply(List.of(V4));
    assertThat(script())
        .contains("ip saddr 10.1.0.0/16")
        .endsWith("table ip6 jcri {}\ndelete table ip6 jcri\n");
    masquerade.apply(List.of(V4));
    assertThat(script()).doesNotContain("ip6");
  }

  @Test
  void isPutBackOnlyIfItWasSet() throws Exception {
    programs.add("nft", Map.of());
    Masquerade masquerade = masquerade();
    masquerade.renew();
    assertThat(programs.calls()).isEmpty();
    masquerade.apply(List.of(V4));
    masquerade.renew();
    assertThat(programs.calls()).hasSize(2);
  }

  @Test
  void saysWhatIsMissingUntilItIsThere() throws Exception {
    Masquerade masquerade = masquerade();
    masquerade.apply(List.of(V4));
    assertThat(masquerade.problem())
        .isEqualTo("pods cannot reach beyond this node: nft is not installed (package nftables)");
    programs.add("nft", Map.of("", "echo 'Error: no' >&2; echo more >&2; exit 1"));
    masquerade.renew();
    assertThat(masquerade.problem()).endsWith("nft refused the masquerading rule: Error: no");
    programs.add("nft", Map.of());
    masquerade.renew();
    assertThat(masquerade.problem()).isEmpty();
  }
}
