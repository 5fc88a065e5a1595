package io.jcri.it.configuration;

import static io.jcri.it.node.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.grpc.Status.Code;
import io.jcri.cri.v1.ContainerConfig;
import io.jcri.cri.v1.LinuxContainerResources;
import io.jcri.cri.v1.PodSandboxConfig;
import io.jcri.cri.v1.SecurityProfile;
import io.jcri.it.kit.Layer;
import io.jcri.it.kit.TarEntry;
import io.jcri.it.kit.TestImages;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The table {@code containers}: what the kernel shows in a container of what it says. */
class ContainerSettingsTest {
  private static final int CAP_SYS_RESOURCE = 24;

  @RegisterExtension static final TestNode NODE = new TestNode();

  @AfterEach
  void takeTheDropInAway() throws IOException {
    NODE.daemon().dropIn().takeBack();
  }

  /** Each test says something else to the daemon that runs. */
  private static void say(String toml) throws IOException {
    NODE.daemon().dropIn().say(toml);
  }

  /** A sysctl answers the first read only. */
  private static String ofNode(String sysctl) throws IOException {
    return Files.readAllLines(Path.of(sysctl)).getFirst();
  }

  /** A hard limit as the daemon can give it, which may have no right to more than its own. */
  private static String given(String name, long wanted) throws IOException {
    Path daemon = Path.of("/proc", Long.toString(NODE.daemon().process().pid()));
    long capabilities =
        Files.readAllLines(daemon.resolve("status")).stream()
            .filter(line -> line.startsWith("CapPrm:"))
            .mapToLong(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
            .findFirst()
            .orElseThrow();
    String own = limit(name, Files.readString(daemon.resolve("limits"))).split(":", -1)[1];
    boolean bound = (capabilities >> CAP_SYS_RESOURCE & 1) == 0 && !own.equals("unlimited");
    long given = bound ? Math.min(wanted, Long.parseLong(own)) : wanted;
    return given == Long.MAX_VALUE ? "unlimited" : Long.toString(given);
  }

  private static String limit(String name, String limits) {
    return Pattern.compile(" {2,}")
        .splitAsStream(
            limits.lines().filter(line -> line.startsWith(name)).findFirst().orElseThrow())
        .skip(1)
        .limit(2)
        .reduce((soft, hard) -> soft + ":" + hard)
        .orElseThrow();
  }

  @Test
  void filesAreLimitedAsForAnyService() throws IOException {
    TestContainer container = NODE.pod().idle();
    String ofFirst = container.exec("cat", "/proc/1/limits").out();
    assertThat(limit("Max open files", ofFirst))
        .isEqualTo("1024:" + given("Max open files", 524_288));
  }

  @Test
  void aPrivilegedContainerHasTheLimitsOfTheConfiguration() throws IOException {
    say("[containers]\nulimits = [\"nofile=100:200\", \"core=0:4096\", \"nproc=-1\"]\n");
    TestPod pod = NODE.privilegedPod();
    TestContainer container = pod.start(pod.privileged("sleep", "1000"));
    String limits = container.exec("cat", "/proc/1/limits").out();
    assertThat(limit("Max open files", limits)).isEqualTo("100:200");
    // The soft one as well, but for a race in runc before 1.1.13 (opencontainers/runc#4195).
    assertThat(limit("Max open files", container.exec("cat", "/proc/self/limits").out()))
        .endsWith(":200");
    assertThat(limit("Max core file size", limits)).isEqualTo("0:4096");
    String processes = given("Max processes", Long.MAX_VALUE);
    assertThat(limit("Max processes", limits)).isEqualTo(processes + ":" + processes);
  }

  @Test
  void variablesProcessesAndCapabilitiesAreThoseOfTheConfiguration() throws IOException {
    say(
        """
        [containers]
        env = ["GREETING=of the node", "OWN=of the node"]
        pids_limit = 20
        capabilities = ["CHOWN", "KILL"]
        """);
    TestPod pod = NODE.pod();
    TestContainer container =
        pod.start(
            pod.container("sleep", "1000").addEnvs(TestPod.variable("OWN", "of the container")));
    assertThat(container.exec("env").out())
        .contains("GREETING=of the node\n", "OWN=of the container\n");
    assertThat(container.exec("grep", "CapBnd", "/proc/1/status").out())
        .endsWith(Long.toHexString(1 << 0 | 1 << 5) + "\n");
    assertThat(
            container
                .exec("sh", "-c", "for i in $(seq 30); do sleep 100 & done; echo started")
                .err())
        .contains("can't fork: Resource temporarily unavailable");
  }

  @Test
  void podsGetTheNodesKernelSettingsWhereTheyHaveTheNamespace() throws IOException {
    say(
        """
        [containers]
        sysctls = ["net.ipv4.ip_unprivileged_port_start=81", "kernel.shmmax=123456789",
            "net.core.somaxconn=4242"]
        """);
    String own = "/proc/sys/net/core/somaxconn";
    String ports = "/proc/sys/net/ipv4/ip_unprivileged_port_start";
    PodSandboxConfig.Builder config = NODE.podConfig();
    config.getLinuxBuilder().putSysctls("net/core/somaxconn", "77");
    assertThat(NODE.pod(config).idle().exec("cat", ports, own, "/proc/sys/kernel/shmmax").out())
        .isEqualTo("81\n77\n123456789\n");
    assertThat(NODE.pod(NODE.hostNetworkConfig()).idle().exec("cat", ports, own).out())
        .isEqualTo(ofNode(ports) + "\n" + ofNode(own) + "\n");
  }

  @Test
  void aTimeZoneIsMountedAndTheImagesOwnStaysBehindItsName() throws IOException {
    String zone = "/usr/share/zoneinfo/Europe/Oslo";
    assumeTrue(Files.exists(Path.of(zone)), "this machine has no zones");
    say("[containers]\ntimezone = \"Europe/Oslo\"\n");
    String image =
        NODE.load(
            "zoned",
            TestImages.busybox()
                .withLayer(
                    Layer.of(
                        TarEntry.directory("usr/share/zoneinfo", 0755),
                        TarEntry.file("usr/share/zoneinfo/UTC", "of the image\n"),
                        TarEntry.symbolicLink("etc/localtime", "/usr/share/zoneinfo/UTC"))));
    TestPod pod = NODE.pod();
    for (boolean readOnly : new boolean[] {false, true}) {
      ContainerConfig.Builder config = pod.container("sleep", "1000");
      config.getImageBuilder().setImage(image);
      config.getLinuxBuilder().getSecurityContextBuilder().setReadonlyRootfs(readOnly);
      TestContainer container = pod.start(config);
      assertThat(container.exec("date", "-d", "@0", "+%H %Z").out()).isEqualTo("01 CET\n");
      assertThat(container.exec("cat", "/usr/share/zoneinfo/UTC").out())
          .isEqualTo("of the image\n");
      assertThat(container.exec("touch", "/etc/localtime").err()).contains("Read-only");
    }
  }

  @Test
  void podsHaveTheirWayByAnnotationsThatTheirHandlerHeeds() throws IOException {
    say(
        """
        [containers]
        shm_size_mib = 32
        additional_devices = ["/dev/zero:/dev/nothing:r"]
        allowed_devices = ["/dev/full"]
        [handlers.heeding]
        binary = "runc"
        allowed_annotations = ["umask.crio.io", "io.kubernetes.cri-o.ShmSize", "devices.crio.io"]
        """);
    PodSandboxConfig.Builder wishes =
        NODE.podConfig()
            .putAnnotations("io.kubernetes.cri-o.umask", "0077")
            .putAnnotations("shm-size.crio.io", "5Mi")
            .putAnnotations("devices.crio.io", "/dev/full:/dev/brim:rw");
    TestContainer heeded = NODE.pod(wishes, "heeding").idle();
    assertThat(heeded.exec("sh", "-c", "grep Umask /proc/1/status; df -k /dev/shm; ls /dev").out())
        .startsWith("Umask:\t0077\n")
        .containsPattern("shm +5120 ")
        .contains("\nnothing\n", "\nbrim\n");
    assertThat(heeded.exec("sh", "-c", "echo x > /dev/brim").err()).contains("No space left");
    assertThat(heeded.exec("sh", "-c", "head -c 3 /dev/nothing | wc -c").out()).isEqualTo("3\n");
    assertThat(
            NODE.pod(NODE.podConfig().putAllAnnotations(wishes.getAnnotationsMap()))
                .idle()
                .exec("sh", "-c", "grep Umask /proc/1/status; df -k /dev/shm; ls /dev")
                .out())
        .startsWith("Umask:\t0022\n")
        .containsPattern("shm +32768 ")
        .doesNotContain("brim");
    PodSandboxConfig.Builder denied =
        NODE.podConfig().putAnnotations("devices.crio.io", "/dev/mem");
    TestPod pod = NODE.pod(denied, "heeding");
    assertRefused(
        () -> pod.create(pod.container("true")), Code.FAILED_PRECONDITION, "allowed_devices");
    assertRefused(
        () -> NODE.pod(NODE.podConfig().putAnnotations("shm-size.crio.io", "much"), "heeding"),
        Code.INVALID_ARGUMENT,
        "no size such as 128Mi");
  }

  @Test
  void aHandlersOwnAnnotationsReachItsRuntimeAndLimitsItCantLiveWithAreRefused()
      throws IOException {
    say(
        """
        [handlers.own]
        binary = "runc"
        default_annotations = ["example.org/shape=round", "umask.crio.io=0070"]
        min_memory_mib = 16
        """);
    TestPod pod = NODE.pod(NODE.podConfig(), "own");
    TestContainer container = pod.idle();
    assertThat(container.info()).contains("\"example.org/shape\":\"round\"");
    assertThat(container.exec("grep", "Umask", "/proc/1/status").out()).endsWith("0070\n");
    ContainerConfig.Builder little = pod.container("true");
    little.getLinuxBuilder().getResourcesBuilder().setMemoryLimitInBytes(15 << 20);
    assertRefused(() -> pod.create(little), Code.INVALID_ARGUMENT, "min_memory_mib");
    LinuxContainerResources.Builder less =
        LinuxContainerResources.newBuilder().setMemoryLimitInBytes(15 << 20);
    assertRefused(() -> container.update(less), Code.INVALID_ARGUMENT, "min_memory_mib");
    container.update(less.setMemoryLimitInBytes(16 << 20));
  }

  @Test
  void aRuntimeMayTakeNoLongerThanItsHandlerGivesIt() throws IOException {
    Path slow = NODE.scratch().disk().resolve("slow-runc");
    Files.writeString(
        slow,
        """
        #!/bin/sh
        case " $* " in *" run "*) exec sleep 1000 ;; esac
        exec runc "$@"
        """);
    Files.setPosixFilePermissions(slow, PosixFilePermissions.fromString("rwxr-xr-x"));
    say("[handlers.slow]\nbinary = \"" + slow + "\"\ncreate_timeout_seconds = 2\n");
    TestPod pod = NODE.pod(NODE.podConfig(), "slow");
    TestContainer container = pod.create(pod.container("true"));
    assertRefused(container::start, Code.DEADLINE_EXCEEDED, "has not ended after 2 s");
    assertThat(container.status().getReason()).isEqualTo("StartError");
  }

  @Test
  void aPrivilegedContainerIsConfinedByTheNodesProfile() throws IOException {
    Path profile = NODE.scratch().disk().resolve("no-mkdir.json");
    Files.writeString(
        profile,
        """
        {"defaultAction": "SCMP_ACT_ALLOW",
         "syscalls": [{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 28}]}
        """);
    say("[containers]\nprivileged_seccomp_profile = \"" + profile + "\"\n");
    TestPod pod = NODE.privilegedPod();
    assertThat(pod.start(pod.privileged("sleep", "1000")).exec("mkdir", "/x").err())
        .contains("No space left on device");
    assertThat(pod.idle().exec("mkdir", "/x").exitCode()).isZero();
    say("[containers]\nseccomp_profile = \"" + profile + "\"\n");
    ContainerConfig.Builder byDefault = pod.container("sleep", "1000");
    byDefault
        .getLinuxBuilder()
        .getSecurityContextBuilder()
        .getSeccompBuilder()
        .setProfileType(SecurityProfile.ProfileType.RuntimeDefault);
    assertThat(pod.start(byDefault).exec("mkdir", "/x").err()).contains("No space left on device");
  }

  @Test
  void hooksOfADirectoryAreCalledForThoseThatTheyAreFor() throws IOException {
    Path told = NODE.scratch().disk().resolve("told");
    Path hooks = Files.createDirectories(NODE.scratch().disk().resolve("hooks.d"));
    Files.writeString(
        hooks.resolve("tell.json"),
        """
        {"version": "1.0.0",
         "hook": {"path": "/bin/sh", "args": ["sh", "-c", "echo $1 >> %s", "tell", "called"]},
         "when": {"annotations": {"^tell$": "^me$"}},
         "stages": ["createRuntime", "poststop"]}
        """
            .formatted(told));
    say("[containers]\nhooks_dirs = [\"" + hooks + "\"]\n");
    TestPod pod = NODE.pod();
    pod.start("true").awaitExit();
    assertThat(told).doesNotExist();
    TestContainer container =
        pod.start(pod.container("sleep", "1000").putAnnotations("tell", "me"));
    assertThat(told).hasContent("called");
    container.stop(0);
    container.remove();
    assertThat(told).hasContent("called\ncalled");
    Files.writeString(hooks.resolve("wrong.json"), "{}");
    assertRefused(() -> pod.create(pod.container("true")), Code.INVALID_ARGUMENT, "wrong.json");
  }

  @Test
  void aLogThatBecomesTooLargeBeginsAnew() throws IOException {
    say("[containers]\nlog_size_max_mib = 1\n");
    TestPod pod = NODE.pod();
    ContainerConfig.Builder config =
        pod.container("sh", "-c", "yes 0123456789 | head -n 40000; echo the end");
    pod.start(config).awaitExit();
    Path log = Path.of(pod.config().getLogDirectory()).resolve(config.getLogPath());
    List<String> lines = Files.readAllLines(log);
    assertThat(Files.size(log)).isLessThan(1 << 20);
    assertThat(lines.getFirst()).matches(".* stderr F \\[jcri: [0-9]+ bytes of the log removed\\]");
    assertThat(lines.getLast()).endsWith(" stdout F the end");
    assertThat(lines.subList(1, lines.size() - 1)).allMatch(line -> line.endsWith(" 0123456789"));
    try (Stream<Path> files = Files.list(log.resolveSibling("."))) {
      assertThat(files).hasSize(1);
    }
  }

  @Test
  void moreFilesThanTheKernelHasAreAsManyAsItHas() throws IOException {
    say("[containers]\nulimits = [\"nofile=-1\"]\n");
    String most = given("Max open files", Long.parseLong(ofNode("/proc/sys/fs/nr_open")));
    String limits = NODE.pod().idle().exec("cat", "/proc/1/limits").out();
    assertThat(limit("Max open files", limits)).isEqualTo(most + ":" + most);
    assertThat(Files.readString(NODE.daemon().log()))
        .contains("containers.ulimits: RLIMIT_NOFILE -1:-1 is more than the kernel lets us give");
  }
}
