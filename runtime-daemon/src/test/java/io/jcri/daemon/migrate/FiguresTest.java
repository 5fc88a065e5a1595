package io.jcri.daemon.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FiguresTest {
  @TempDir private Path folder;

  private Migration crio(String keys) throws IOException {
    return migrate(SourceKind.CRIO, "[crio.metrics]\n" + keys);
  }

  private Migration migrate(SourceKind kind, String text) throws IOException {
    Path file = folder.resolve("file");
    Files.writeString(file, text);
    return Migration.of(file, Optional.of(kind), Optional.empty(), path -> false);
  }

  /** Of this table. */
  private static String told(Migration migration) {
    return migration.findings().stream()
        .filter(finding -> finding.key().contains("metrics"))
        .map(Finding::line)
        .collect(Collectors.joining("\n"));
  }

  @Test
  void criosPortIsAnAddress() throws IOException {
    Migration migration = crio("enable_metrics = true\n");
    assertThat(migration.text()).contains("[metrics]\n", "address = \"127.0.0.1:9090\"\n");
    assertThat(told(migration)).contains("note: jcri's figures have names of their own");
    assertThat(migration.complete()).isTrue();
    assertThat(crio("enable_metrics = true\nmetrics_host = \"::\"\nmetrics_port = 9537\n").text())
        .contains("address = \"[::]:9537\"\n");
  }

  @Test
  void criosCertificateIsTakenAlong() throws IOException {
    assertThat(
            crio("""
            enable_metrics = true
            metrics_host = "10.0.0.1"
            metrics_cert = "/c.pem"
            metrics_key = "/k.pem"
            metrics_collectors = ["operations"]
            """)
                .text())
        .contains(
            "address = \"10.0.0.1:9090\"\n",
            "tls_certificate = \"/c.pem\"\n",
            "tls_key = \"/k.pem\"\n");
  }

  @Test
  void whatIsNotEnabledIsNotMissed() throws IOException {
    Migration migration = crio("metrics_port = 9537\nmetrics_socket = \"/run/m.sock\"\n");
    assertThat(migration.text()).doesNotContain("[metrics]");
    assertThat(told(migration)).isEmpty();
  }

  @Test
  void aSecondAddressAndAHostNameAreTold() throws IOException {
    Migration migration = crio("enable_metrics = true\nmetrics_socket = \"/run/m.sock\"\n");
    assertThat(told(migration)).contains("metrics_socket").contains("jcri serves one address");
    assertThat(migration.complete()).isFalse();
    assertThat(told(crio("enable_metrics = true\nmetrics_host = \"node1\"\n")))
        .contains("jcri's metrics.address is \"node1:9090\" but must be like")
        .doesNotContain("note:");
  }

  @Test
  void containerdsAddressIsOne() throws IOException {
    Migration migration =
        migrate(
            SourceKind.CONTAINERD,
            """
            version = 2
            [metrics]
            address = "127.0.0.1:1338"
            grpc_histogram = true
            """);
    assertThat(migration.text()).contains("address = \"127.0.0.1:1338\"\n");
    assertThat(told(migration)).contains("not needed: jcri tells how long calls took, always");
    assertThat(migration.complete()).isTrue();
  }
}
