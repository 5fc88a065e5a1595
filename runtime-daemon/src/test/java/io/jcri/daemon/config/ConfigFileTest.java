package io.jcri.daemon.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.oci.spec.Capability;
import io.jcri.oci.spec.Rlimit;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigFileTest {

  @Test
  void tracesHaveAReceiverAndAShare() {
    DaemonConfig config =
        ConfigFile.parse(
            "[tracing]\nendpoint = \"https://[::1]:4317\"\nsamples_per_million = 10\n", "f");
    assertThat(config.tracing()).isEqualTo(new DaemonConfig.Tracing("https://[::1]:4317", 10));
    assertThat(DaemonConfig.defaults().tracing().endpoint()).isEmpty();
    for (String wrong : List.of("ftp://x:1", "a b", "host:port", "http://", "http://x:1/v1")) {
      assertThatThrownBy(
              () -> ConfigFile.parse("[tracing]\nendpoint = \"%s\"".formatted(wrong), "f"))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("is no receiver, such as");
    }
  }

  @Test
  void emptyFileMeansTheDefaults() {
    assertThat(ConfigFile.parse("", "test")).isEqualTo(DaemonConfig.defaults());
  }

  /** The file that every installation gets shows each key with its default. */
  @Test
  void shippedFileMeansTheDefaults() throws Exception {
    String shipped = Files.readString(Path.of("packaging/config.toml"));
    assertThat(ConfigFile.parse(shipped, "test")).isEqualTo(DaemonConfig.defaults());
  }

  @Test
  void everyKeyIsRead() {
    DaemonConfig config =
        ConfigFile.parse(
            """
            root = "/a"
            state = "/b"
            socket = "/c/jcri.sock"
            log_level = "debug"
            log_format = "json"
            cgroup_driver = "systemd"
            default_handler = "fast"
            [handlers.fast]
            binary = "/opt/fast"
            options = ["--debug"]
            sandbox = "container"
            pod_annotations = ["dev.gvisor.*"]
            container_annotations = ["io.[a-z]/x"]
            allowed_annotations = ["umask.crio.io"]
            default_annotations = ["a.b/c=d=e"]
            min_memory_mib = 12
            create_timeout_seconds = 240
            snapshot = "copy"
            [handlers.kata]
            shim = "io.containerd.kata.v2"
            shim_config = "/etc/kata/configuration.toml"
            pod_annotations = ["io.katacontainers.*"]
            [containers]
            ulimits = ["nofile=2048", "core=0:-1"]
            env = ["A=b=c"]
            sysctls = ["net.core.somaxconn = 7", "net/ipv4/conf/eth0.1/forwarding=1"]
            pids_limit = 99
            capabilities = ["CHOWN", "cap_kill"]
            shm_size_mib = 128
            additional_devices = ["/dev/a:/dev/b:rw"]
            allowed_devices = ["/dev/c"]
            absent_mount_sources_to_reject = ["/etc/x/"]
            seccomp_profile = "/s"
            privileged_seccomp_profile = "/ps"
            apparmor_profile = "a"
            privileged_apparmor_profile = "pa"
            timezone = "America/Argentina/Ushuaia"
            hooks_dirs = ["/hooks.d"]
            log_size_max_mib = 50
            [images]
            directory = "/disk/images"
            registry_directories = ["/certs"]
            registries_conf = "/r.conf"
            registry_auth = "/auth.json"
            parallel_layers = 7
            no_progress_timeout_seconds = 5
            least_bytes_per_second = 77
            strict_platform = true
            signature_policy = "/p.json"
            signature_registries_d = "/r.d"
            verifier_dir = "/verifiers"
            verifier_timeout_seconds = 3
            pinned = ["registry.example/app:1"]
            volumes = "directory"
            pull_idle_seconds = 3
            pull_cgroup = "/pulls"
            pull_memory_mib = 256
            pull_millicpus = 1500
            [network]
            configurations = "/net.d"
            plugins = ["/bin/cni"]
            cache = "/cache"
            timeout_seconds = 9
            pod_cidr = "10.1.0.0/24,fd00::/64"
            bridge = "br9"
            host_ports = "jcri"
            status_grace_seconds = 20
            [cdi]
            enabled = false
            directories = ["/cdi"]
            [streaming]
            address = "::"
            port = 10010
            idle_timeout_seconds = 60
            tls_certificate = "/tls/cert.pem"
            tls_key = "/tls/key.pem"
            """,
            "test");
    assertThat(config.cdi()).isEqualTo(new DaemonConfig.Cdi(false, List.of(Path.of("/cdi"))));
    assertThat(config.root()).isEqualTo(Path.of("/a"));
    assertThat(config.state()).isEqualTo(Path.of("/b"));
    assertThat(config.socket()).isEqualTo(Path.of("/c/jcri.sock"));
    assertThat(config.logLevel()).isEqualTo("debug");
    assertThat(config.logFormat()).isEqualTo("json");
    assertThat(config.cgroupDriver()).isEqualTo("systemd");
    assertThat(config.defaultHandler()).isEqualTo("fast");
    assertThat(config.handlers()).containsKeys("fast", "runc", "crun");
    assertThat(config.handlers().get("fast"))
        .isEqualTo(
            new DaemonConfig.Handler(
                "/opt/fast",
                false,
                Optional.empty(),
                List.of("--debug"),
                PodSandbox.CONTAINER,
                List.of("dev.gvisor.*"),
                List.of("io.[a-z]/x"),
                new HandlerRules(
                    List.of("umask.crio.io"),
                    Map.of("a.b/c", "d=e"),
                    12 << 20,
                    Duration.ofMinutes(4),
                    true)));
    assertThat(config.handlers().get("kata"))
        .isEqualTo(
            new DaemonConfig.Handler(
                "containerd-shim-kata-v2",
                true,
                Optional.of(Path.of("/etc/kata/configuration.toml")),
                List.of(),
                PodSandbox.CONTAINER,
                List.of("io.katacontainers.*"),
                List.of(),
                HandlerRules.NONE));
    assertThat(config.containers())
        .isEqualTo(
            new ContainerSettings(
                List.of(new Rlimit("RLIMIT_NOFILE", 2048, 2048), new Rlimit("RLIMIT_CORE", -1, 0)),
                List.of("A=b=c"),
                Map.of("net.core.somaxconn", "7", "net.ipv4.conf.eth0/1.forwarding", "1"),
                99,
                Set.of(Capability.CAP_CHOWN, Capability.CAP_KILL),
                128L << 20,
                List.of(new HostDevice(Path.of("/dev/a"), "/dev/b", "rw")),
                List.of(Path.of("/dev/c")),
                List.of(Path.of("/etc/x")),
                new Profiles(
                    Optional.of(Path.of("/s")),
                    Optional.of(Path.of("/ps")),
                    Optional.of("a"),
                    Optional.of("pa")),
                Optional.of("America/Argentina/Ushuaia"),
                List.of(Path.of("/hooks.d")),
                50 << 20));
    assertThat(config.images())
        .isEqualTo(
            new DaemonConfig.Images(
                Optional.of(Path.of("/disk/images")),
                List.of(Path.of("/certs")),
                Optional.of(Path.of("/r.conf")),
                Optional.of(Path.of("/auth.json")),
                7,
                Duration.ofSeconds(5),
                77,
                true,
                new DaemonConfig.Trust(
                    Optional.of(Path.of("/p.json")),
                    Path.of("/r.d"),
                    Optional.of(Path.of("/verifiers")),
                    Duration.ofSeconds(3)),
                List.of("registry.example/app:1"),
                "directory",
                new DaemonConfig.PullWorker(
                    Duration.ofSeconds(3), Optional.of("/pulls"), 256L << 20, 1500)));
    assertThat(config.network().podCidr()).contains("10.1.0.0/24,fd00::/64");
    assertThat(config.network().bridge()).isEqualTo("br9");
    assertThat(config.network().hostPorts()).isEqualTo("jcri");
    assertThat(config.network().statusGrace()).isEqualTo(Duration.ofSeconds(20));
    assertThat(config.network().timeout()).isEqualTo(Duration.ofSeconds(9));
    assertThat(config.streaming())
        .isEqualTo(
            new DaemonConfig.Streaming(
                "::",
                10010,
                Duration.ofMinutes(1),
                Optional.of(
                    new DaemonConfig.Tls(Path.of("/tls/cert.pem"), Path.of("/tls/key.pem")))));
  }

  @ParameterizedTest
  @CsvSource({
    "io.containerd.runsc.v1, containerd-shim-runsc-v1",
    "io.containerd.kata-qemu.v2, containerd-shim-kata-qemu-v2",
    "org.example.x.v10, containerd-shim-x-v10",
    "containerd-shim-runsc-v1, containerd-shim-runsc-v1",
    "shim.v1, shim.v1",
    "my.shim.sh, my.shim.sh",
    "/opt/io.containerd.runsc.v1, /opt/io.containerd.runsc.v1"
  })
  void aShimMayBeNamedAsContainerdDoes(String named, String program) {
    DaemonConfig config = ConfigFile.parse("[handlers.x]\nshim = \"%s\"\n".formatted(named), "f");
    assertThat(config.handlers().get("x"))
        .returns(program, DaemonConfig.Handler::program)
        .returns(true, DaemonConfig.Handler::shim)
        .returns(PodSandbox.CONTAINER, DaemonConfig.Handler::sandbox);
  }

  @Test
  void socketFollowsTheStateDirectory() {
    assertThat(ConfigFile.parse("state = \"/x\"", "test").socket())
        .isEqualTo(Path.of("/x/jcri.sock"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          rot = "/x"                        | config.toml:1: rot is not a key that jcri knows
          root = "relative"                 | config.toml:1: root is "relative" but must be an absolute path
          root = "/a\\u0000b"              | config.toml:1: root has a NUL character
          network.plugins = ["/\\u0000"]     | config.toml:1: network.plugins has a NUL character
          handlers.a.binary = "/a\\u0000"    | config.toml:1: handlers.a.binary has a NUL character
          handlers.a.snapshot = "zfs"       | config.toml:1: handlers.a.snapshot is "zfs" but must be one of [overlay, copy]
          root = 7                          | config.toml:1: root must be a string
          log_level = "loud"                | config.toml:1: log_level is "loud" but must be one of
          cgroup_driver = "v2"              | config.toml:1: cgroup_driver is "v2" but must be one of
          default_handler = "kata"          | config.toml:1: default_handler kata is not among the handlers
          images = 3                        | config.toml:1: images must be a table
          images.parallel_layers = 0        | config.toml:1: images.parallel_layers is 0 but must be between
          images.pinned = [1]               | config.toml:1: images.pinned must be a list of strings
          images.volumes = "bind"           | config.toml:1: images.volumes is "bind" but must be one of
          images.pull_cgroup = "pulls"      | config.toml:1: images.pull_cgroup is no plain absolute path: pulls
          images.pull_cgroup = "/a/../b"    | config.toml:1: images.pull_cgroup is no plain absolute path: /a/../b
          images.pull_memory_mib = 100      | config.toml:1: images.pull_memory_mib is a limit of images.pull_cgroup, which is not set
          images.color = "red"              | config.toml:1: images.color is not a key that jcri knows
          network.plugins = ["x"]           | config.toml:1: network.plugins is "x" but must be an absolute path
          streaming.address = "localhost"   | config.toml:1: streaming.address is "localhost" but must be an IP address
          streaming.address = "10.0.0.1"    | config.toml:1: streaming.address 10.0.0.1 is not a loopback address
          streaming.port = 65536            | config.toml:1: streaming.port is 65536 but must be between
          streaming.tls_key = "/k"          | config.toml:1: streaming.tls_key is set alone: streaming.tls_certificate and streaming.tls_key must
          handlers.runc.path = "/x"         | config.toml:1: handlers.runc.path is not a key that jcri knows
          handlers.a.pod_annotations = ["["] | config.toml:1: handlers.a.pod_annotations has "[", which is no pattern: it has
          handlers.a.pod_annotations = "x"  | config.toml:1: handlers.a.pod_annotations must be a list of strings
          handlers.a = {shim = "s", binary = "b"} | config.toml:1: handlers.a.binary and the key shim are both set
          handlers.a = {shim = "s", sandbox = "pause"} | config.toml:1: handlers.a.sandbox is "pause" but a shim needs "container" or "shim"
          handlers.a.sandbox = "shim"       | config.toml:1: handlers.a.sandbox is "shim", and there is no key shim
          handlers.a.sandbox = "vm"         | config.toml:1: handlers.a.sandbox is "vm" but must be one of [pause, container, shim]
          handlers.a = {shim = "s", options = ["-x"]} | config.toml:1: handlers.a.options are an OCI runtime's: a shim is set up by
          handlers.a.shim_config = "/c"     | config.toml:1: handlers.a.shim_config is the configuration of a shim, and there is
          handlers.a = {shim = "s", shim_config = "c"} | config.toml:1: handlers.a.shim_config is "c" but must be an absolute path
          handlers.a.shim = 7               | config.toml:1: handlers.a.shim must be a string
          containers.ulimits = ["nofile"]   | config.toml:1: containers.ulimits has "nofile", which is no limit such as nofile=1024:524288
          containers.ulimits = ["files=1"]  | config.toml:1: containers.ulimits has "files=1", and Linux has no limit files
          containers.ulimits = ["core=-1:0"] | config.toml:1: containers.ulimits has "core=-1:0", whose soft limit is above the hard one
          containers.ulimits = ["cpu=1", "cpu=2"] | config.toml:1: containers.ulimits has "cpu=2", which is not the only one of its kind
          containers.env = ["=x"]           | config.toml:1: containers.env has "=x", which is no variable such as NAME=value
          containers.capabilities = ["ALL"] | config.toml:1: containers.capabilities has "ALL", which is no capability of Linux
          containers.pids_limit = -1        | config.toml:1: containers.pids_limit is -1 but must be between
          containers.sysctls = ["net.a"]    | config.toml:1: containers.sysctls has "net.a", which is no setting such as
          containers.sysctls = ["net..a=1"] | config.toml:1: containers.sysctls has "net..a=1", which is no setting such as
          containers.sysctls = ["vm.overcommit_memory=1"] | config.toml:1: containers.sysctls has "vm.overcommit_memory=1", which is the node's
          containers.sysctls = ["net.a=1", "net/a=2"] | config.toml:1: containers.sysctls has "net/a=2", which is set twice
          containers.shm_size_mib = 0       | config.toml:1: containers.shm_size_mib is 0 but must be between
          containers.additional_devices = ["/etc/passwd"] | config.toml:1: containers.additional_devices has "/etc/passwd", which is no device
          containers.additional_devices = ["/dev/../etc/passwd"] | config.toml:1: containers.additional_devices has "/dev/../etc/passwd", which is no device
          containers.additional_devices = ["/dev/a:x"] | config.toml:1: containers.additional_devices has "/dev/a:x", which is no device
          handlers.a.allowed_annotations = ["umask"] | config.toml:1: handlers.a.allowed_annotations has "umask" but may only have
          containers.timezone = "../passwd" | config.toml:1: containers.timezone is "../passwd" but must be Local or a zone
          handlers.a.default_annotations = ["x"] | config.toml:1: handlers.a.default_annotations has "x", which is not NAME=value
          network.pod_cidr = "10.1.0.0"     | config.toml:1: network.pod_cidr has "10.1.0.0", which is no CIDR
          network.pod_cidr = "10.1.0.0/31"  | config.toml:1: network.pod_cidr has "10.1.0.0/31", which is no CIDR
          root =                            | config.toml:1:
          """)
  void problemsAreNamedWithTheirLine(String text, String message) {
    assertThatThrownBy(() -> ConfigFile.parse(text, "config.toml"))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("config.toml:1: ")
        .hasMessageContaining(message);
  }

  @Test
  void aSocketThatNobodyCouldConnectToIsRefused() {
    String state = "/run/" + "s".repeat(91);
    assertThat(ConfigFile.parse("socket = \"%s\"".formatted(state + "/sock"), "f").socket())
        .hasToString(state + "/sock");
    assertThatThrownBy(() -> ConfigFile.parse("socket = \"%s\"".formatted(state + "/socke"), "f"))
        .hasMessageContaining("socket " + state + "/socke has 102 bytes")
        .hasMessageContaining("may have 101");
    assertThatThrownBy(() -> ConfigFile.parse("state = \"%s\"".formatted(state), "f"))
        .hasMessageContaining("socket " + state + "/jcri.sock has 106 bytes");
    assertThatThrownBy(
            () -> ConfigFile.parse("[nri]\nsocket = \"%s\"".formatted(state + "/nri.sock"), "f"))
        .hasMessageContaining("nri.socket ");
    assertThat(
            ConfigFile.parse(
                    "state = \"%s\"\nsocket = \"/run/s\"".formatted("/run/" + "s".repeat(250)), "f")
                .state()
                .toString())
        .hasSize(255);
  }

  @Test
  void allProblemsAreToldAtOnce() {
    assertThatThrownBy(() -> ConfigFile.parse("a = 1\nb = 2\n", "f"))
        .hasMessageContaining("f:1: a ")
        .hasMessageContaining("f:2: b ");
  }
}
