package io.jcri.it.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.it.kit.Command;
import io.jcri.it.kit.Workspace;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The table {@code containers}: what the kernel shows in a container of what it says. */
class ContainerSettingsTest {
  private static final int CAP_SYS_RESOURCE = 24;

  @RegisterExtension static final TestNode NODE = new TestNode();

  @AfterEach
  void takeTheDropInAway() throws IOException {
    Files.deleteIfExists(dropIn());
    reload();
  }

  private static Path dropIn() {
    return NODE.daemon().configuration().resolveSibling("conf.d").resolve("50-test.toml");
  }

  /** Each test says something else to the daemon that runs. */
  private static void say(String toml) throws IOException {
    Files.createDirectories(dropIn().resolveSibling("."));
    Files.writeString(dropIn(), toml);
    reload();
  }

  private static void reload() throws IOException {
    Command.Result result =
        Command.of(
                Workspace.distribution().resolve("bin/jcri").toString(),
                "config",
                "reload",
                "--socket",
                NODE.daemon().state().resolve("admin.sock").toString())
            .run();
    assertThat(result.exitCode()).as(result.err()).isZero();
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
    assertThat(limit("Max open files", ofFirst)).isEqualTo("1024:" + given("Max open files", 524_288));
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
  void moreFilesThanTheKernelHasAreAsManyAsItHas() throws IOException {
    say("[containers]\nulimits = [\"nofile=-1\"]\n");
    String most = given("Max open files", Long.parseLong(ofNode("/proc/sys/fs/nr_open")));
    String limits = NODE.pod().idle().exec("cat", "/proc/1/limits").out();
    assertThat(limit("Max open files", limits)).isEqualTo(most + ":" + most);
    assertThat(Files.readString(NODE.daemon().log()))
        .contains("containers.ulimits: RLIMIT_NOFILE -1:-1 is more than the kernel lets us give");
  }
}
