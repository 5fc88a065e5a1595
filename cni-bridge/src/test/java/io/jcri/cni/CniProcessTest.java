package io.jcri.cni;

import static io.jcri.cni.ScriptPlugins.RESULT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.cni.CniException.Reason;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Plugins that hang, babble, crash or leave children behind. */
final class CniProcessTest {
  @TempDir Path root;
  private TestNode node;
  private ScriptPlugins plugins;

  @BeforeEach
  void setUp() throws Exception {
    node = new TestNode(root);
    plugins = node.plugins;
    node.conflist("1.0.0", "{\"type\":\"a\"}");
  }

  private Cni open(Duration timeout) throws CniException {
    return Cni.open(node.settings(List.of(plugins.bin()), timeout, Optional.empty(), "jcrit0"));
  }

  /** A child in the background, one in a session of its own, one that was left to init. */
  private static final String HANG =
      """
      echo hanging >&2
        sleep 300 & echo $! >> $records/pids
        setsid sleep 300 & echo $! >> $records/pids
        (setsid sh -c 'echo $$ >> '$records'/pids; exec sleep 300' &)
        echo $$ >> $records/pids
        touch $records/hanging; sleep 300
      """;

  private void assertAllGone() throws Exception {
    List<String> pids = Files.readAllLines(plugins.records().resolve("pids"));
    assertThat(pids).hasSizeGreaterThanOrEqualTo(3);
    for (String pid : pids) {
      // A killed process is told of as running until it is a zombie.
      long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
      while (runs(pid) && System.nanoTime() < end) {
        Thread.sleep(1);
      }
      assertThat(runs(pid)).as("process " + pid).isFalse();
    }
  }

  /** Dead ones may still wait to be reaped by whoever is init here. */
  private static boolean runs(String pid) throws Exception {
    try {
      String stat = Files.readString(Path.of("/proc", pid, "stat"));
      return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  @Test
  void aPluginThatHangsIsKilledWithAllItsChildren() throws Exception {
    plugins.add("a", Map.of("ADD", HANG));
    try (Cni cni = open(Duration.ofSeconds(5))) {
      assertThatThrownBy(() -> cni.attach(TestNode.pod("s1")))
          .isInstanceOfSatisfying(
              CniException.class, e -> assertThat(e.reason()).isEqualTo(Reason.TIMEOUT))
          .hasMessage(
              "cni plugin a failed to ADD network net:"
                  + " did not end within 5000 ms and was killed; it had printed: hanging");
    }
    assertAllGone();
    assertThat(plugins.calls()).containsExactly("ADD a", "DEL a");
  }

  @Test
  void anInterruptedCallerKillsThePluginAndStillUndoes() throws Exception {
    plugins.add("a", Map.of("ADD", HANG));
    try (Cni cni = open(Duration.ofMinutes(5))) {
      var thrown = new CompletableFuture<Throwable>();
      Thread caller =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  cni.attach(TestNode.pod("s1"));
                } catch (CniException e) {
                  thrown.complete(e);
                }
              });
      while (!Files.exists(plugins.records().resolve("hanging"))) {
        Thread.onSpinWait();
      }
      caller.interrupt();
      caller.join();
      assertThat(thrown.getNow(new AssertionError()))
          .isInstanceOfSatisfying(
              CniException.class, e -> assertThat(e.reason()).isEqualTo(Reason.INTERRUPTED));
    }
    assertAllGone();
    assertThat(plugins.calls()).containsExactly("ADD a", "DEL a");
    assertThat(node.cacheFile("net", "s1")).doesNotExist();
  }

  @Test
  void aChildThatKeepsTheStreamsOpenDoesNotHoldTheCallUp() throws Exception {
    plugins.add("a", Map.of("ADD", "sleep 300 & echo $! > $records/pid; " + RESULT));
    try (Cni cni = open(Duration.ofSeconds(60))) {
      assertThat(cni.attach(TestNode.pod("s1")).primaryIp()).isEqualTo("10.9.0.2");
    } finally {
      long pid = Long.parseLong(Files.readString(plugins.records().resolve("pid")).strip());
      ProcessHandle child = ProcessHandle.of(pid).orElseThrow();
      assertThat(child.isAlive()).isTrue();
      child.destroyForcibly();
    }
  }

  @Test
  void aPluginThatPrintsWithoutEndIsKilled() throws Exception {
    plugins.add("a", Map.of("ADD", "exec yes"));
    try (Cni cni = open(Duration.ofMinutes(5))) {
      assertThatThrownBy(() -> cni.attach(TestNode.pod("s1")))
          .hasMessageContaining("plugin a failed to ADD network net: printed more than");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "true | printed no result: nothing at all",
        "echo nonsense | printed no result: \"nonsense\"",
        "echo INFO ready; echo {} | printed no result: \"INFO ready",
        "echo broken pipe >&2; exit 3 | broken pipe (exit code 3)",
        "exit 4 | exit code 4",
        "kill -9 $$ | killed by signal 9",
        "echo plain words; exit 1 | plain words (exit code 1)",
        "head -c 300000 /dev/zero; exit 1 | printed more than 262144 bytes",
        "head -c 300000 /dev/zero >&2; exit 1 | printed more than 262144 bytes",
      })
  void whateverAPluginDoesTheErrorSaysIt(String line, String message) throws Exception {
    plugins.add("a", Map.of("ADD", line));
    try (Cni cni = open(Duration.ofSeconds(30))) {
      assertThatThrownBy(() -> cni.attach(TestNode.pod("s1")))
          .hasMessageContaining("cni plugin a failed to ADD network net: ")
          .hasMessageContaining(message);
    }
  }

  @Test
  void aFileThatIsNoProgramIsNamed() throws Exception {
    Files.writeString(plugins.bin().resolve("a"), "#!/no/such/interpreter\n");
    plugins.bin().resolve("a").toFile().setExecutable(true);
    try (Cni cni = open(Duration.ofSeconds(30))) {
      assertThatThrownBy(() -> cni.attach(TestNode.pod("s1")))
          .hasMessageContaining("cni plugin a failed to ADD network net: ")
          .hasMessageContaining(plugins.bin().resolve("a").toString());
    }
  }
}
