package io.jcri.daemon.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.daemon.config.ConfigFile;
import io.jcri.oci.distribution.config.HostsConfig;
import io.jcri.oci.distribution.config.RegistryHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files of registries are read by what reads them for a pull. */
class RegistriesTest {
  private static final String CRI = "[plugins.\"io.containerd.grpc.v1.cri\".registry.";

  @TempDir private Path folder;
  private Path certs;

  @BeforeEach
  void certs() {
    certs = folder.resolve("certs.d");
  }

  @Test
  void filesOfASampleAreReadForAPull() throws IOException {
    write(migrate(Samples.FOLDER.resolve("gke.toml")));
    HostsConfig hosts = new HostsConfig(List.of(certs));
    assertThat(hosts.hostsFor("docker.io"))
        .extracting(host -> host.scheme() + "://" + host.host() + host.path())
        .containsExactly(
            "https://cache.example/v2",
            "https://registry-1.docker.io/v2",
            "http://10.1.2.3:5000/dh",
            "https://registry-1.docker.io/v2");
    RegistryHost cache = hosts.hostsFor("docker.io").getFirst();
    assertThat(cache.transport().ca()).containsExactly(Path.of("/etc/pki/cache-ca.pem"));
    assertThat(hosts.hostsFor("elsewhere.example"))
        .extracting(RegistryHost::host)
        .containsExactly("all.example:8443", "elsewhere.example");
    RegistryHost own = hosts.hostsFor("own.example:5000").getLast();
    assertThat(own.transport().skipVerify()).isTrue();
    assertThat(own.headers())
        .isEqualTo(Map.of("authorization", List.of("Basic cHVsbGVyOnMzY3JldCAiYW5kIiBtb3Jl")));
  }

  @Test
  void passwordsAreInNoTextThatIsPrinted() {
    Migration migration = migrate(Samples.FOLDER.resolve("gke.toml"));
    String printed = migration.text() + migration.findings().stream().map(Finding::line).toList();
    assertThat(printed).doesNotContain("s3cret", "cHVsbGVyOnMz", "abcdef");
    assertThat(migration.hosts())
        .filteredOn(HostsFile::secret)
        .extracting(one -> one.file().toString())
        .singleElement()
        .asString()
        .endsWith("/own.example:5000/hosts.toml");
  }

  @Test
  void fileThatIsThereIsKept() throws IOException {
    Path there = certs.resolve("docker.io/hosts.toml");
    Files.createDirectories(there.getParent());
    Files.writeString(there, "# mine\n");
    Migration migration = migrate(mirror("docker.io", "https://m.example"));
    assertThat(migration.hosts()).isEmpty();
    assertThat(migration.complete()).isFalse();
    assertThat(migration.findings().getFirst().line()).endsWith(there + " is there and is kept");
  }

  @Test
  void directoryOfTheFilesComesBeforeThoseOfTheSource() throws IOException {
    Path file =
        text(
            """
            version = 2
            [plugins."io.containerd.grpc.v1.cri".registry]
            config_path = "/a:/b/"
            [plugins."io.containerd.grpc.v1.cri".registry.mirrors."x.example"]
            endpoint = ["https://m.example"]
            """);
    assertThat(ConfigFile.parse(migrate(file).text(), "result").images().registryDirectories())
        .containsExactly(certs, Path.of("/a"), Path.of("/b"));
  }

  @Test
  void withoutAPlaceNothingIsWritten() throws IOException {
    Migration migration =
        Migration.of(
            mirror("x.example", "https://m.example"),
            Optional.empty(),
            Optional.empty(),
            _ -> false);
    assertThat(migration.hosts()).isEmpty();
    assertThat(migration.findings())
        .extracting(Finding::reason)
        .hasSize(1)
        .first()
        .asString()
        .contains("--certs-dir");
  }

  @Test
  void namesThatLeadElsewhereAreNotTaken() throws IOException {
    for (String name : List.of("../../etc", "..", "a/b", ".hidden", "a\\u0000b", "", "x\\ny")) {
      Migration migration = migrate(mirror(name, "https://m.example"));
      assertThat(migration.hosts()).isEmpty();
      assertThat(migration.complete()).isFalse();
    }
  }

  @Test
  void endpointsThatAreNoneAreTold() throws IOException {
    for (String bad :
        List.of(
            "ftp://m.example", "https://", "https://u:p@m.example", "https://m/?q", "\\n", "a b")) {
      Migration migration = migrate(mirror("x.example", bad));
      assertThat(migration.complete()).isFalse();
      write(migration);
      assertThat(new HostsConfig(List.of(certs)).hostsFor("x.example")).hasSize(1);
      Files.delete(certs.resolve("x.example/hosts.toml"));
    }
  }

  private Path mirror(String host, String endpoint) throws IOException {
    return text(
        "version = 2\n%smirrors.\"%s\"]\nendpoint = [\"%s\"]\n".formatted(CRI, host, endpoint));
  }

  private Path text(String text) throws IOException {
    return Files.writeString(folder.resolve("config.toml"), text);
  }

  private Migration migrate(Path file) {
    return Migration.of(file, Optional.empty(), Optional.of(certs), Files::exists);
  }

  private static void write(Migration migration) throws IOException {
    for (HostsFile one : migration.hosts()) {
      Files.createDirectories(one.file().getParent());
      Files.writeString(one.file(), one.text());
    }
  }
}
