package io.jcri.daemon.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.daemon.config.ConfigFile;
import io.jcri.daemon.config.DaemonConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MigrationTest {
  @TempDir private Path folder;

  static List<String> samples() {
    return Samples.names();
  }

  /**
   * All that comes of a sample is in a file beside it; with {@code -Dgolden.write=true} it is
   * written anew, to be read before it is committed.
   */
  @ParameterizedTest
  @MethodSource("samples")
  void sampleBecomesWhatTheFileBesideItSays(String name) throws IOException {
    Migration migration = Samples.migrate(Samples.FOLDER.resolve(name));
    Path golden = Samples.FOLDER.resolve(name + ".expected");
    if (Boolean.getBoolean("golden.write")) {
      Files.writeString(golden, all(migration));
    }
    assertThat(all(migration)).isEqualTo(Files.readString(golden));
  }

  @ParameterizedTest
  @MethodSource("samples")
  void resultIsOneThatTheDaemonStartsWith(String name) {
    Migration migration = Samples.migrate(Samples.FOLDER.resolve(name));
    DaemonConfig config = ConfigFile.parse(migration.text(), name);
    assertThat(config.handlers()).containsKey(config.defaultHandler());
  }

  @Test
  void defaultsLeaveNothingOut() {
    assertThat(Samples.migrate(Samples.FOLDER.resolve("default-containerd-2.toml")).complete())
        .isTrue();
    assertThat(Samples.migrate(Samples.FOLDER.resolve("default-crio.conf")).complete()).isTrue();
  }

  private static String all(Migration migration) {
    StringBuilder all = new StringBuilder(migration.text());
    all.append("==> told\n");
    migration.findings().forEach(finding -> all.append(finding.line()).append('\n'));
    migration
        .hosts()
        .forEach(one ->
            all.append("==> %s%s\n".formatted(one.file(), one.secret() ? " (secret)" : ""))
                .append(one.text()));
    return all.toString();
  }

  /** A key means the same in each of the versions, which have it in four places. */
  @Test
  void keysOfAllVersionsAreOne() throws IOException {
    List<String> files =
        List.of(
            """
            [plugins.cri]
            max_concurrent_downloads = 5
            [plugins.cri.cni]
            bin_dir = "/cni"
            [plugins.cri.containerd]
            snapshotter = "native"
            default_runtime_name = "own"
            [plugins.cri.containerd.runtimes.own]
            runtime_type = "io.containerd.runc.v2"
            """,
            """
            version = 2
            [plugins."io.containerd.grpc.v1.cri"]
            max_concurrent_downloads = 5
            [plugins."io.containerd.grpc.v1.cri".cni]
            bin_dir = "/cni"
            [plugins."io.containerd.grpc.v1.cri".containerd]
            snapshotter = "native"
            default_runtime_name = "own"
            [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.own]
            runtime_type = "io.containerd.runc.v2"
            """,
            """
            version = 3
            [plugins."io.containerd.cri.v1.images"]
            snapshotter = "native"
            max_concurrent_downloads = 5
            [plugins."io.containerd.cri.v1.runtime".cni]
            bin_dirs = ["/cni"]
            [plugins."io.containerd.cri.v1.runtime".containerd]
            default_runtime_name = "own"
            [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.own]
            runtime_type = "io.containerd.runc.v2"
            """,
            """
            version = 4
            [plugins."io.containerd.cri.v1.images"]
            snapshotter = "native"
            max_concurrent_downloads = 5
            [plugins."io.containerd.cri.v1.runtime".cni]
            bin_dirs = ["/cni"]
            [plugins."io.containerd.cri.v1.runtime".containerd]
            default_runtime_name = "own"
            [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.own]
            runtime_type = "io.containerd.runc.v2"
            [plugins."io.containerd.server.v1.grpc"]
            address = "/run/containerd/containerd.sock"
            """);
    DaemonConfig wanted =
        ConfigFile.parse(
            """
            default_handler = "own"
            [handlers.own]
            binary = "runc"
            snapshot = "copy"
            [images]
            parallel_layers = 5
            [network]
            plugins = ["/cni"]
            """,
            "wanted");
    for (String text : files) {
      Migration migration = Samples.migrate(file("config.toml", text));
      assertThat(ConfigFile.parse(migration.text(), "result")).isEqualTo(wanted);
      assertThat(migration.findings()).isEmpty();
    }
  }

  @Test
  void tracesOfCrioGoWhereTheyWentIfTheyAreSwitchedOn() throws IOException {
    String table =
        """
        [crio.tracing]
        enable_tracing = true
        tracing_endpoint = "10.0.0.1:4317"
        tracing_sampling_rate_per_million = 1000
        """;
    Migration migration = Samples.migrate(file("crio.conf", table));
    assertThat(ConfigFile.parse(migration.text(), "result").tracing())
        .isEqualTo(new DaemonConfig.Tracing("10.0.0.1:4317", 1000));
    assertThat(migration.findings()).noneMatch(one -> one.key().contains("tracing"));
    Migration off = Samples.migrate(file("crio.conf", table.replace("true", "false")));
    assertThat(ConfigFile.parse(off.text(), "result").tracing().endpoint()).isEmpty();
    assertThat(off.findings()).noneMatch(one -> one.key().contains("tracing"));
  }

  @Test
  void tracesOfContainerdGoWhereTheyWentIfThatSpeaksGrpc() throws IOException {
    String tables =
        """
        version = 2
        [plugins."io.containerd.tracing.processor.v1.otlp"]
        endpoint = "collector:4317"
        protocol = "grpc"
        insecure = true
        [plugins."io.containerd.internal.v1.tracing"]
        sampling_ratio = 0.5
        """;
    Migration migration = Samples.migrate(file("config.toml", tables));
    assertThat(ConfigFile.parse(migration.text(), "result").tracing())
        .isEqualTo(new DaemonConfig.Tracing("http://collector:4317", 500_000));
    assertThat(migration.findings()).isEmpty();
    Migration http =
        Samples.migrate(file("config.toml", tables.replace("\"grpc\"", "\"http/protobuf\"")));
    assertThat(ConfigFile.parse(http.text(), "result").tracing().endpoint()).isEmpty();
    assertThat(http.findings()).singleElement().asString().contains("OTLP over gRPC");
  }

  @Test
  void printedVersionsSayHowMuchTheyAreRead() throws IOException {
    Migration newest = Samples.migrate(file("c.toml", "version = 4\n[debug]\nlevel = \"trace\"\n"));
    assertThat(newest.text()).contains("containerd's configuration, version 4");
    assertThat(ConfigFile.parse(newest.text(), "result").logLevel()).isEqualTo("trace");
  }

  @Test
  void importsAreFoundAsContainerdFindsThem() throws IOException {
    file("a/20.toml", "version = 2\n[debug]\nlevel = \"debug\"\n");
    file("a/10.toml", "version = 2\n[debug]\nlevel = \"error\"\n");
    file("a/30.conf", "version = 2\n[debug]\nlevel = \"trace\"\n");
    file("b/deep/x.toml", "version = 2\ndisabled_plugins = [\"c.d\", \"e.f\"]\n");
    Path main =
        file(
            "config.toml",
            """
            version = 2
            imports = ["a/*.toml", "none/*.toml", "b/*/?.toml", "config.toml"]
            disabled_plugins = ["a.b", "c.d"]
            [debug]
            level = "warn"
            """);
    Migration migration = Samples.migrate(main);
    assertThat(ConfigFile.parse(migration.text(), "result").logLevel()).isEqualTo("debug");
    assertThat(migration.findings())
        .extracting(Finding::value)
        .containsExactly("[\"a.b\", \"c.d\", \"e.f\"]");
  }

  /** The directory alone is enough, as newer packages of CRI-O have it. */
  @Test
  void dropInsCountInTheOrderOfTheirNames() throws IOException {
    file("crio.conf.d/20-b.conf", "[crio.runtime]\nlog_level = \"debug\"\n");
    file(
        "crio.conf.d/10-a.conf",
        "[crio.runtime]\nlog_level = \"error\"\ncgroup_manager = \"cgroupfs\"\n");
    for (Path start : List.of(folder.resolve("crio.conf.d"), folder.resolve("crio.conf"))) {
      Migration migration =
          Migration.of(start, Optional.of(SourceKind.CRIO), Optional.empty(), _ -> false);
      DaemonConfig config = ConfigFile.parse(migration.text(), "result");
      assertThat(config.logLevel()).isEqualTo("debug");
      assertThat(config.cgroupDriver()).isEqualTo("cgroupfs");
      assertThat(config.defaultHandler()).isEqualTo("crun");
      assertThat(config.images().trust().signaturePolicy()).isEmpty();
    }
  }

  @Test
  void verifiersOfTheUsualDirectoryAreNotLost() throws IOException {
    Path file = file("config.toml", "version = 3\n");
    Path usual = Path.of("/opt/containerd/image-verifier/bin");
    Migration with = Migration.of(file, Optional.empty(), Optional.empty(), usual::equals);
    assertThat(ConfigFile.parse(with.text(), "result").images().trust().verifiers())
        .contains(usual);
    assertThat(Samples.migrate(file).text()).doesNotContain("verifier_dir");
  }

  private Path file(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }
}
