package io.jcri.it.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is left behind of a run is found, and nothing that others on the machine have. */
class LeaksKernelTest {
  private static final long PID = ProcessHandle.current().pid();
  private static final String OWN = "jctlk" + PID;

  /** As another run's, or another jcri's. */
  private static final String STRANGERS = "jxt" + PID;

  private static final String ID = "%064x".formatted(PID);

  /** A cpuset of version 1 takes no process before it has processors: it may be left out. */
  private static final String ELSEWHERE =
      "for g in \"$@\"; do echo 0 > $g/cgroup.procs; done; exec unshare -umn $0 1000";

  private final Deque<String[]> undo = new ArrayDeque<>();
  private final List<Process> processes = new ArrayList<>();
  private final List<Path> cgroups = new ArrayList<>();

  @AfterEach
  void takeAway() throws IOException {
    for (Process process : processes) {
      process.destroyForcibly();
      Waiting.end(process, Duration.ofSeconds(20));
    }
    while (!undo.isEmpty()) {
      Command.of(undo.pop()).run();
    }
    for (Path cgroup : cgroups.reversed()) {
      Files.deleteIfExists(cgroup);
    }
  }

  private static void run(String... command) throws IOException {
    Command.of(command).run().orThrow();
  }

  /** A thing of each kind, as a pod or a test makes them. */
  private void make(String name, Path folder) throws IOException {
    Files.createDirectories(folder);
    run("mount", "-t", "tmpfs", name, folder.toString());
    undo.push(new String[] {"umount", folder.toString()});
    run("ip", "link", "add", name, "type", "bridge");
    undo.push(new String[] {"ip", "link", "delete", name});
    run("ip", "netns", "add", name);
    undo.push(new String[] {"ip", "netns", "delete", name});
    run("nft", "add", "table", "inet", name);
    undo.push(new String[] {"nft", "delete", "table", "inet", name});
  }

  /** In its own namespaces and this group, below each hierarchy, as what runs in a container. */
  private Process processIn(String group, Path program) throws IOException {
    List<String> command = new ArrayList<>(List.of("sh", "-c", ELSEWHERE, program.toString()));
    for (Path cgroup : cgroup(group)) {
      command.add(cgroup.toString());
    }
    Process process = new ProcessBuilder(command).start();
    processes.add(process);
    Waiting.until(
        Duration.ofSeconds(20),
        () ->
            !Files.readSymbolicLink(Path.of("/proc/" + process.pid() + "/ns/net"))
                    .equals(Files.readSymbolicLink(Path.of("/proc/self/ns/net")))
                && Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"))
                    .contains("1000"),
        () -> "the process has no namespaces of its own");
    return process;
  }

  /** One for each hierarchy, as a container has. */
  private List<Path> cgroup(String group) throws IOException {
    Path root = Path.of("/sys/fs/cgroup");
    List<Path> tops = List.of(root);
    if (!Files.exists(root.resolve("cgroup.controllers"))) {
      try (Stream<Path> hierarchies = Files.list(root)) {
        tops = hierarchies.filter(h -> Files.isDirectory(h) && !Files.isSymbolicLink(h)).toList();
      }
    }
    List<Path> made = new ArrayList<>();
    for (Path top : tops) {
      Path cgroup = top;
      for (Path step : Path.of(group)) {
        cgroup = cgroup.resolve(step);
        if (!Files.exists(cgroup)) {
          Files.createDirectory(cgroup);
          cgroups.add(cgroup);
        }
      }
      made.add(cgroup);
    }
    return made;
  }

  @Test
  void ofEachKindItFindsWhatIsItsOwn(@TempDir Path folder) throws IOException {
    Leaks before = Leaks.look();
    make(OWN, folder.resolve("m"));
    Path cgroup = cgroup(OWN).getFirst();
    Path shared = cgroup("jcri/" + ID).getFirst();
    Process elsewhere = processIn(OWN, Path.of("sleep"));

    assertThat(Leaks.look().since(before))
        .contains("MOUNT tmpfs " + folder.resolve("m"))
        .contains("LINK " + OWN)
        .contains("NETWORK_NAMESPACE " + OWN)
        .contains("NAT_RULE table inet " + OWN)
        .contains("CGROUP " + cgroup)
        .as("a pod's, of which no process is left")
        .contains("CGROUP " + shared)
        .anyMatch(line -> line.startsWith("PROCESS " + elsewhere.pid() + " sleep "));

    takeAway();
    assertThat(before.left()).isEmpty();
  }

  @Test
  void aProcessIsItsOwnByItsProgram(@TempDir Path folder) throws IOException {
    Path program = Workspace.distribution().resolve("runtime/bin/java");
    Path paused = folder.resolve("paused");
    Process process =
        new ProcessBuilder(
                program.toString(),
                "-XX:+UnlockDiagnosticVMOptions",
                "-XX:+PauseAtStartup",
                "-XX:PauseAtStartupFile=" + paused,
                "-version")
            .start();
    processes.add(process);
    Waiting.until(Duration.ofSeconds(20), () -> Files.exists(paused), () -> "it does not wait");
    assertThat(ContainerProcesses.isOwn(Path.of("/proc/" + process.pid()), OwnMarks.programs()))
        .isTrue();
    assertThat(ContainerProcesses.isOwn(Path.of("/proc/1"), OwnMarks.programs())).isFalse();
  }

  /** As runsc's, which are started by a link, so that the kernel knows them by another name. */
  @Test
  void aProcessServesContainersByWhatItCallsItself() throws IOException {
    Leaks before = Leaks.look();
    String line = "exec -a runsc-%s sleep 1000";
    Process own = new ProcessBuilder("bash", "-c", line.formatted(OWN)).start();
    processes.add(own);
    processes.add(new ProcessBuilder("bash", "-c", line.formatted(STRANGERS)).start());
    Waiting.until(
        Duration.ofSeconds(20),
        () -> !Leaks.look().since(before).isEmpty(),
        () -> "the process is not found");

    assertThat(Leaks.look().since(before))
        .singleElement()
        .asString()
        .startsWith("PROCESS " + own.pid() + " sleep ");
  }

  @Test
  void whatOthersMakeDoesNotCount(@TempDir Path folder) throws IOException {
    Leaks before = Leaks.look();
    make(STRANGERS, folder.resolve("m"));
    Path sleep = Files.copy(Path.of("/bin/sleep"), folder.resolve("jcri-sandbox"));
    Process pause = processIn("jcri/" + ID, sleep);
    List<Path> pods = cgroup("kubepods/pod" + PID + "/" + ID);
    assertThat(pods).allMatch(Files::isDirectory);
    assertThat(pause.isAlive()).isTrue();

    assertThat(Leaks.look().since(before)).isEmpty();
  }

  @Test
  void rulesAreThoseOfItsNetworks() {
    String own =
        "-A POSTROUTING -s 10.9.0.2/32 -m comment --comment \"name: \\\"jctb%d\\\" id: \\\"x\\\"\""
                .formatted(PID)
            + " -j CNI-0123456789abcdef0123";
    String its = "-A CNI-0123456789abcdef0123 -d 10.9.0.0/16 -j ACCEPT";
    String strangers =
        "-A POSTROUTING -s 10.8.0.2/32 -m comment --comment \"name: \\\"cbr0\\\" id: \\\"y\\\"\""
            + " -j CNI-fedcba98765432100123";
    assertThat(Leaks.ownRules(List.of(own, its, strangers, ":CNI-fedcba98765432100123 - [0:0]")))
        .containsExactlyInAnyOrder(own, its);
  }

  @Test
  void aLinkThatIsLeftOnABridgeIsToldWhenThatGoes(@TempDir Path folder) throws IOException {
    CniNetwork network = CniNetwork.create(folder, OWN, "10.231.0.0/16");
    String link = "jv" + PID;
    run("ip", "link", "add", OWN, "type", "bridge");
    undo.push(new String[] {"ip", "link", "delete", OWN});
    run("ip", "link", "add", link, "type", "veth", "peer", "name", "jw" + PID);
    undo.push(new String[] {"ip", "link", "delete", link});
    run("ip", "link", "set", link, "master", OWN);
    assertThatThrownBy(network::close)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(link);
    assertThat(Path.of("/sys/class/net", OWN)).doesNotExist();
  }

  @Test
  void theWitnessSeesAFileAsItIs(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("f"), "12345");
    Command.of("chown", "123:456", file.toString()).run().orThrow();
    Command.of("chmod", "4751", file.toString()).run().orThrow();

    Witness.File seen = Witness.look(file);

    assertThat(seen.permissions()).isEqualTo(04751);
    assertThat(seen.uid()).isEqualTo(123);
    assertThat(seen.gid()).isEqualTo(456);
    assertThat(seen.size()).isEqualTo(5);
    assertThat(Witness.exists((int) PID)).isTrue();
  }
}
