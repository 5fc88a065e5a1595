package io.jcri.it.confine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.it.kit.Command;
import io.jcri.it.kit.Workspace;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The program itself, with shells and JVMs below it. Its arguments are tested beside its source.
 */
class ConfineTest {
  private static final Path CGROUPS = Path.of("/sys/fs/cgroup");
  private static final List<String> NOTHING = List.of();

  /** The bits of mknod and sys_admin. */
  private static final String TWO_CAPABILITIES = "0000000008200000";

  @TempDir Path temporary;
  private ConfineFixture fixture;

  @BeforeEach
  void make() throws IOException {
    fixture = new ConfineFixture(temporary);
  }

  @AfterEach
  void clean() throws IOException {
    fixture.close();
  }

  @Test
  void writesToNothingButTheWritableFolder() throws IOException {
    assertThat(fixture.sh(NOTHING, "echo x > writable/new").orThrow().err()).isEmpty();
    assertThat(fixture.writable().resolve("new")).hasContent("x");
    for (String place : List.of("new", "/new", "/etc/new", "/proc/sys/kernel/core_pattern")) {
      Command.Result refused = fixture.sh(List.of("cap=dac_override"), "echo x > " + place);
      assertThat(refused.exitCode()).as(place).isNotZero();
      assertThat(refused.err()).as(place).contains("Read-only file system");
    }
    assertThat(fixture.sh(NOTHING, "echo x > /dev/null; ls /dev").orThrow().out().lines())
        .contains("null", "urandom")
        .doesNotContain("shm", "mqueue", "kmsg", "pts");
  }

  @Test
  void seesNothingButWhatIsNamed() throws IOException {
    fixture.secrets("pods/secret");
    fixture.secrets("writable/secret");
    Path other = fixture.folder("other");
    Files.writeString(other.resolve("file"), "x");
    Path bound = fixture.folder("bound");
    fixture.mount("--bind", other.toString(), bound.toString());
    assertThat(fixture.sh(NOTHING, "cat bound/file").orThrow().out()).isEqualTo("x");
    assertThat(fixture.sh(NOTHING, "cat pods/secret/secret").err()).contains("No such file");
    assertThat(fixture.sh(NOTHING, "cat writable/secret/secret").err()).contains("No such file");
    assertThat(fixture.sh(NOTHING, "cat /run/*").exitCode()).isNotZero();
  }

  @Test
  void holdsNoMountOfTheHost() throws Exception {
    Path secrets = fixture.secrets("pods/secret");
    Path lower = fixture.folder("lower");
    Path root = fixture.folder("writable/root");
    String options =
        "lowerdir=%s,upperdir=%s,workdir=%s"
            .formatted(lower, fixture.folder("upper"), fixture.folder("work"));
    fixture.mount("-t", "overlay", "jcri-test", "-o", options, root.toString());
    List<String> devices = List.of(device(secrets), device(root));
    Process process =
        new ProcessBuilder(fixture.line(NOTHING, "/bin/sh", "-c", "echo ready; read line"))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader output = process.inputReader(UTF_8)) {
      assertThat(output.readLine()).isEqualTo("ready");
      String held = Files.readString(Path.of("/proc/" + process.pid() + "/mountinfo"));
      assertThat(held).contains(fixture.writable().toString());
      devices.forEach(device -> assertThat(held).doesNotContain(" " + device + " "));
      fixture.unmount(secrets);
      fixture.unmount(root);
      Files.delete(secrets);
      Files.delete(root);
      assertThat(process.isAlive()).isTrue();
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  /** Major and minor number, as mountinfo has them. */
  private static String device(Path mounted) throws IOException {
    return Command.of("mountpoint", "-d", mounted.toString()).run().orThrow().out().strip();
  }

  @Test
  void hasTheRightsThatWereAskedFor() throws IOException {
    List<String> settings = List.of("cap=mknod", "cap=sys_admin");
    assertThat(fixture.sh(settings, "cat /proc/self/status").orThrow().out().lines())
        .contains(
            "CapInh:\t0000000000000000",
            "CapPrm:\t" + TWO_CAPABILITIES,
            "CapEff:\t" + TWO_CAPABILITIES,
            "CapBnd:\t" + TWO_CAPABILITIES,
            "CapAmb:\t0000000000000000",
            "NoNewPrivs:\t1",
            "Seccomp:\t2");
  }

  @Test
  void makesWhatLayersAreMadeOf() throws IOException {
    // An overlay's work directory has no mode bits at all.
    List<String> settings = List.of("cap=mknod", "cap=sys_admin", "cap=dac_override");
    String script =
        """
        cd writable && mkdir -p lower/d upper/d work merged
        echo x > lower/gone && mknod upper/gone c 0 0
        echo x > lower/d/hidden && setfattr -n trusted.overlay.opaque -v y upper/d
        mount -t overlay overlay -o lowerdir=lower,upperdir=upper,workdir=work merged
        echo y > merged/new && find merged | sort && umount merged && cat upper/new
        """;
    Command.Result made = fixture.sh(settings, "set -e\n" + script).orThrow();
    assertThat(made.out()).isEqualTo("merged\nmerged/d\nmerged/new\ny\n");
    assertThat(Command.of("stat", "-c", "%t,%T", fixture.writable() + "/upper/gone").run().out())
        .isEqualTo("0,0\n");
    assertThat(fixture.sh(List.of("cap=mknod"), "mknod writable/disk b 254 0").exitCode()).isZero();
    assertThat(fixture.sh(settings, "head -c 1 writable/disk").err()).contains("Permission denied");
  }

  @Test
  void cannotLeave() throws IOException {
    List<String> settings = List.of("cap=sys_admin", "cap=sys_chroot");
    for (String way :
        List.of(
            "unshare --mount true",
            "unshare --user true",
            "nsenter --mount=/proc/self/ns/mnt true",
            "chroot / /bin/true")) {
      Command.Result refused = fixture.sh(settings, way);
      assertThat(refused.exitCode()).as(way).isNotZero();
      assertThat(refused.err()).as(way).contains("Operation not permitted");
    }
    assertThat(fixture.sh(settings, "mount -o remount,rw,bind " + fixture.kept()).exitCode())
        .isNotZero();
    List<String> walled = List.of("cap=sys_admin", "mounts=refused");
    assertThat(fixture.sh(walled, "mount -t tmpfs tmpfs writable").exitCode()).isNotZero();
    assertThat(fixture.sh(settings, "mount -t tmpfs tmpfs writable").exitCode()).isZero();
  }

  @Test
  void endsAsEnvDoes() throws IOException {
    assertThat(fixture.sh(NOTHING, "exit 7").exitCode()).isEqualTo(7);
    Command.Result missing = Command.of(fixture.line(NOTHING, "/no/such")).run();
    assertThat(missing.exitCode()).isEqualTo(127);
    assertThat(missing.err()).startsWith("jcri-confine: exec: cannot run /no/such: ENOENT");
    assertThat(Command.of(fixture.line(NOTHING, "/etc/passwd")).run().exitCode()).isEqualTo(126);
    Path link = Files.createSymbolicLink(fixture.kept().resolve("link"), fixture.writable());
    Command.Result refused = fixture.sh(List.of("writable=" + link), "true");
    assertThat(refused.exitCode()).isEqualTo(125);
    assertThat(refused.err())
        .isEqualTo("jcri-confine: mounts: " + link + " leads through a symbolic link\n");
  }

  @Test
  void joinsCgroups() throws IOException {
    String name = "jct-confine-" + ProcessHandle.current().pid();
    List<Path> groups =
        List.of(
                CGROUPS.resolve("cgroup.procs"),
                CGROUPS.resolve("pids"),
                CGROUPS.resolve("unified"))
            .stream()
            .filter(Files::exists)
            .map(path -> Files.isDirectory(path) ? path.resolve(name) : CGROUPS.resolve(name))
            .toList();
    assertThat(groups).isNotEmpty();
    try {
      for (Path group : groups) {
        Files.createDirectory(group);
      }
      List<String> settings = groups.stream().map(group -> "cgroup=" + group).toList();
      String joined = fixture.sh(settings, "cat /proc/self/cgroup").orThrow().out();
      assertThat(joined.lines().filter(line -> line.endsWith("/" + name))).hasSize(groups.size());
    } finally {
      for (Path group : groups) {
        Files.deleteIfExists(group);
      }
    }
  }

  @Test
  void startsTheDistributionsJava() throws IOException {
    Path distribution = Workspace.distribution().toRealPath();
    List<String> settings = List.of("keep=" + distribution);
    String java = distribution.resolve("runtime/bin/java").toString();
    Command.Result version =
        Command.of(fixture.line(settings, java, "-XX:-UsePerfData", "-version")).run().orThrow();
    assertThat(version.err()).contains("Runtime Environment").doesNotContain("warning");
    String jcri = distribution.resolve("bin/jcri").toString();
    Command.Result command = Command.of(fixture.line(settings, jcri, "version")).run().orThrow();
    assertThat(command.out()).startsWith("jcri ");
    assertThat(command.err()).isEmpty();
  }
}
