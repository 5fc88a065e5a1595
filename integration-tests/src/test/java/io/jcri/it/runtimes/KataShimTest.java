package io.jcri.it.runtimes;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.jcri.cri.v1.ListPodSandboxRequest;
import io.jcri.it.kit.Waiting;
import io.jcri.it.node.Refusals;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The shim of Kata Containers, as far as it goes without a machine that runs virtual ones: until
 * its hypervisor ends at once. So each pod is refused, for the reason that Kata has, and nothing of
 * it is left.
 */
@EnabledIf("io.jcri.it.runtimes.Shims#kataAvailable")
class KataShimTest {
  @RegisterExtension static final TestNode NODE = new TestNode();

  private static final String HANDLER = "kata";
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** Where Kata and containerd's kind of shims keep what they have of a pod. */
  private static final List<Path> STATES =
      List.of(
          Path.of("/run/kata"),
          Path.of("/run/kata-containers/shared/sandboxes"),
          Path.of("/run/vc/sbs"),
          Path.of("/run/vc/vm"),
          Path.of("/run/containerd/s"));

  private static final Path CGROUPS = Path.of("/sys/fs/cgroup");

  /** All of Kata's pods share it, so it stays, whoever calls Kata. */
  private static final String OVERHEAD = "kata_overhead";

  /** Kata refuses to work without. */
  private static final Path SYSTEM_LOG = Path.of("/dev/log");

  private static Path folder = Path.of("/");
  private static @Nullable Process systemLog;
  private Set<String> before = Set.of();

  @BeforeAll
  static void addHandler() throws IOException {
    folder = Files.createDirectories(NODE.scratch().disk().resolve("kata"));
    provideSystemLog();
    // A copy, by whose name the processes of this test are known.
    Path shim = Files.copy(Shims.kata(), folder.resolve("containerd-shim-kata-v2"));
    Files.setPosixFilePermissions(shim, PosixFilePermissions.fromString("rwxr-xr-x"));
    NODE.daemon().stop();
    Files.writeString(
        NODE.daemon().configuration(),
        "\n[handlers.%s]\nshim = \"%s\"\nshim_config = \"%s\"\n"
            .formatted(HANDLER, shim, folder.resolve("configuration.toml")),
        StandardOpenOption.APPEND);
    NODE.daemon().start();
  }

  private static void provideSystemLog() throws IOException {
    if (Files.exists(SYSTEM_LOG)) {
      return;
    }
    systemLog =
        new ProcessBuilder(
                "/bin/busybox", "syslogd", "-n", "-O", folder.resolve("syslog").toString())
            .inheritIO()
            .start();
    Waiting.until(PATIENCE, () -> Files.exists(SYSTEM_LOG), () -> "syslogd makes no " + SYSTEM_LOG);
  }

  @AfterAll
  static void cleanUp() throws IOException {
    for (Path hierarchy : children(CGROUPS).toList()) {
      try {
        Files.deleteIfExists(hierarchy.resolve(OVERHEAD));
      } catch (IOException inUse) {
        // by the pods of somebody else
      }
    }
    if (systemLog != null) {
      systemLog.destroy();
      Files.deleteIfExists(SYSTEM_LOG);
    }
  }

  @BeforeEach
  void prepare() throws IOException {
    program("hypervisor", "echo > " + folder.resolve("started") + "; exit 1");
    program("virtiofsd", "echo > " + folder.resolve("shared") + "; while :; do sleep 0.2; done");
    Files.writeString(folder.resolve("kernel"), "no kernel\n");
    Files.writeString(folder.resolve("image"), "no image\n");
    configure("none");
    before = states();
  }

  private static void program(String name, String script) throws IOException {
    Path program = folder.resolve(name);
    Files.writeString(program, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** Writes the configuration: cloud-hypervisor's, as qemu's wants a device for vsock. */
  private static void configure(String sharedFs) throws IOException {
    Files.writeString(
        folder.resolve("configuration.toml"),
        """
        [hypervisor.clh]
        path = "%1$s/hypervisor"
        valid_hypervisor_paths = ["%1$s/hypervisor"]
        kernel = "%1$s/kernel"
        image = "%1$s/image"
        rootfs_type = "ext4"
        default_vcpus = 1
        default_memory = 256
        memory_slots = 10
        shared_fs = "%2$s"
        virtio_fs_daemon = "%1$s/virtiofsd"
        valid_virtio_fs_daemon_paths = ["%1$s/virtiofsd"]
        virtio_fs_cache = "auto"
        block_device_driver = "virtio-blk"
        disable_selinux = true

        [agent.kata]
        dial_timeout = 5

        [runtime]
        internetworking_model = "tcfilter"
        disable_guest_seccomp = true
        sandbox_cgroup_only = false
        vfio_mode = "guest-kernel"
        create_container_timeout = 60
        """
            .formatted(folder, sharedFs));
  }

  @AfterEach
  void nothingIsLeft() throws IOException {
    assertThat(NODE.cri().runtime().listPodSandbox(ListPodSandboxRequest.getDefaultInstance()))
        .satisfies(pods -> assertThat(pods.getItemsList()).isEmpty());
    NODE.assertNoPodIsLeft();
    Set<String> left = new TreeSet<>();
    Waiting.until(PATIENCE, () -> isEmpty(left), () -> "left behind: " + left);
    Files.deleteIfExists(folder.resolve("started"));
  }

  private boolean isEmpty(Set<String> left) throws IOException {
    left.clear();
    left.addAll(states());
    left.removeAll(before);
    try (Stream<ProcessHandle> processes = ProcessHandle.allProcesses()) {
      processes
          .map(process -> commandLine(process.pid()))
          .filter(line -> line.contains(folder.toString()) && !line.contains(" syslogd "))
          .forEach(left::add);
    }
    return left.isEmpty();
  }

  /** Files, and cgroups that are Kata's by name. Sockets that somebody serves are others'. */
  private static Set<String> states() throws IOException {
    String served = Files.readString(Path.of("/proc/net/unix"));
    Set<String> states = new TreeSet<>();
    for (Path state : STATES) {
      children(state)
          .map(Path::toString)
          .filter(path -> !served.contains(path))
          .forEach(states::add);
    }
    children(CGROUPS)
        .flatMap(KataShimTest::withChildren)
        .flatMap(KataShimTest::withChildren)
        .flatMap(KataShimTest::withChildren)
        .filter(group -> Files.isDirectory(group) && !group.endsWith(OVERHEAD))
        .map(Path::toString)
        .filter(group -> group.contains("kata"))
        .forEach(states::add);
    return states;
  }

  private static Stream<Path> withChildren(Path folder) {
    return Stream.concat(Stream.of(folder), children(folder));
  }

  private static Stream<Path> children(Path folder) {
    try (Stream<Path> list = Files.list(folder)) {
      return list.toList().stream();
    } catch (IOException none) {
      return Stream.empty();
    }
  }

  /** Empty for one that has ended. */
  private static String commandLine(long process) {
    try {
      return Files.readString(Path.of("/proc/" + process + "/cmdline")).replace('\0', ' ');
    } catch (IOException e) {
      return "";
    }
  }

  private static void assertRefused(String... reasons) throws IOException {
    var config = NODE.podConfig().build();
    Refusals.assertRefused(() -> TestPod.run(NODE, config, HANDLER), Status.Code.INTERNAL, reasons);
  }

  @Test
  void aHypervisorThatEndsAtOnceIsTold() throws IOException {
    assertRefused("failed to launch cloud-hypervisor: \"CLH is not running\"");
    assertThat(folder.resolve("started")).exists();
  }

  @Test
  void whatWasStartedBesideTheHypervisorEndsWithIt() throws IOException {
    configure("virtio-fs");
    assertRefused("failed to launch cloud-hypervisor");
    assertThat(folder.resolve("started")).exists();
    assertThat(folder.resolve("shared")).exists();
  }

  @Test
  void aHypervisorThatIsNotThereIsTold() throws IOException {
    Files.delete(folder.resolve("hypervisor"));
    assertRefused("file " + folder.resolve("hypervisor") + " does not exist");
  }

  @Test
  void anEmptyImageOfTheGuestIsTold() throws IOException {
    Files.writeString(folder.resolve("image"), "");
    assertRefused("image \"" + folder.resolve("image") + "\" is empty");
  }

  @Test
  void aConfigurationThatIsNotOneIsTold() throws IOException {
    Files.writeString(folder.resolve("configuration.toml"), "[hypervisor\n");
    assertRefused("toml: line 2: expected '.' or ']' to end table name");
  }
}
