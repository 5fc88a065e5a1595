package io.jcri.it.commands;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.jcri.cri.v1.ContainerConfig;
import io.jcri.cri.v1.PodSandboxConfig;
import io.jcri.it.kit.Command;
import io.jcri.it.node.JcriCommand;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** pods, ps, inspect, status, top, events, nsenter and reset. */
class NodeCommandsTest {
  @RegisterExtension static final TestNode NODE = new TestNode();

  private final JcriCommand jcri = new JcriCommand(NODE);

  @Test
  void podsAreListedByWhatIsAskedFor() throws IOException {
    TestPod web = NODE.pod(NODE.podConfig().putLabels("app", "web"));
    TestPod stopped = NODE.pod();
    stopped.stop();

    List<String> table = jcri.out("pods").lines().toList();
    assertThat(table).hasSize(3);
    assertThat(table.get(0)).startsWith("NAME ").contains("STATE", "ADDRESS");
    assertThat(table.get(1)).contains(stopped.id().substring(0, 12), " not-ready ");
    assertThat(table.get(2)).contains("it/" + name(web), " ready ", web.ip());

    assertThat(jcri.out("pods", "-q", "--state", "ready").strip()).isEqualTo(web.id());
    assertThat(jcri.out("pods", "-q", "--label", "app=web").strip()).isEqualTo(web.id());
    assertThat(jcri.out("pods", "-q", "--label", "app=other")).isEmpty();
    assertThat(jcri.out("pods", "--no-trunc")).contains(web.id());
    assertThat(jcri.out("pods", "-o", "yaml")).contains(web.id(), "\n  state: ready\n");
    JsonObject row =
        array(jcri.out("pods", "-o", "json", "--label", "app")).get(0).getAsJsonObject();
    assertThat(row.get("name").getAsString()).isEqualTo(name(web));
  }

  @Test
  void containersAreListedByWhatIsAskedFor() throws IOException {
    TestPod pod = NODE.pod();
    TestPod other = NODE.pod();
    TestContainer running = pod.idle();
    TestContainer elsewhere = other.idle();
    TestContainer ended = pod.start("sh", "-c", "exit 3");
    ended.awaitExit();
    TestContainer created = pod.create(pod.container("sleep", "1"));

    assertThat(jcri.out("ps", "-q").lines()).containsExactly(elsewhere.id(), running.id());
    assertThat(jcri.out("ps", "-aq", "--pod", name(pod)).lines())
        .containsExactly(created.id(), ended.id(), running.id());
    assertThat(jcri.out("ps", "-q", "--state", "exited").strip()).isEqualTo(ended.id());
    assertThat(jcri.out("ps", "-a")).contains("exited 3", NODE.busybox(), "it/" + name(pod));
    assertThat(jcri.refusal("ps", "--pod", "nobody"))
        .isEqualTo("cannot list containers: no pod nobody; jcri pods lists them");
  }

  @Test
  void inspectTellsAllOfPodsAndContainersByAnyName() throws IOException {
    TestPod pod = NODE.pod();
    TestContainer container = pod.idle();
    JsonObject ofPod = inspected(name(pod));
    assertThat(ofPod.get("id").getAsString()).isEqualTo(pod.id());
    assertThat(ofPod.getAsJsonObject("pause").get("pid").getAsInt()).isEqualTo(pod.pausePid());
    assertThat(Path.of(ofPod.getAsJsonObject("paths").get("record").getAsString())).exists();
    assertThat(ofPod.getAsJsonObject("record").get("networkDue").getAsBoolean()).isTrue();

    JsonObject ofContainer = inspected(name(pod) + "/" + "c1");
    assertThat(ofContainer).isEqualTo(inspected(container.id().substring(0, 10)));
    assertThat(ofContainer.get("pid").getAsInt()).isEqualTo(container.pid());
    assertThat(ofContainer.getAsJsonObject("shim").get("pid").getAsInt())
        .isEqualTo(container.shimPid());
    assertThat(ofContainer.getAsJsonObject("network").get("ips").toString()).contains(pod.ip());
    assertThat(ofContainer.getAsJsonArray("mounts")).isNotEmpty();
    assertThat(ofContainer.getAsJsonObject("record").toString()).contains("sleep");
    assertThat(Files.readString(Path.of("/proc/" + container.pid() + "/cgroup")))
        .contains(ofContainer.get("cgroup").getAsString());

    TestPod second = NODE.pod();
    TestContainer same = second.idle();
    assertThat(jcri.refusal("logs", "c1"))
        .contains("container c1 is ambiguous, name one of: ")
        .contains(container.id().substring(0, 12), same.id().substring(0, 12))
        .contains("(it/" + name(second) + "/c1)");
    assertThat(jcri.refusal("inspect", "nobody"))
        .isEqualTo(
            "cannot inspect nobody: neither a pod nor a container; jcri pods and jcri ps -a list"
                + " them");
  }

  @Test
  void statusTellsOfTheDaemonAndFailsWhenItIsNotReady() throws IOException {
    TestPod pod = NODE.pod();
    pod.idle();
    assertThat(jcri.out("status"))
        .contains("ready:       yes\n")
        .contains("process " + NODE.daemon().process().pid() + ",")
        .contains("runc (default)", "pods:        1, 1 ready", "containers:  1, 1 running");
    Path conf;
    try (var files = Files.list(NODE.networks())) {
      conf = files.findFirst().orElseThrow();
    }
    Path away = conf.resolveSibling(conf.getFileName() + ".away");
    Files.move(conf, away);
    try {
      Command.Result result = jcri.run("status", "-o", "json");
      assertThat(result.exitCode()).isEqualTo(1);
      assertThat(JsonParser.parseString(result.out()).getAsJsonObject().get("problems").toString())
          .contains("no network for pods: ", NODE.networks().toString());
    } finally {
      Files.move(away, conf);
    }
  }

  @Test
  void topShowsWhatIsUsed() throws IOException {
    TestPod pod = NODE.pod();
    TestContainer busy = pod.start("sh", "-c", "while :; do :; done");
    TestContainer idle = pod.idle();
    List<String> table = jcri.out("top", "-d", "0.2").lines().toList();
    assertThat(table).hasSize(3);
    assertThat(table.get(1)).contains(busy.id().substring(0, 12), " kB ", "it/" + name(pod));
    assertThat(table.get(2)).contains(idle.id().substring(0, 12), "  0.0  ");
    assertThat(jcri.out("top", "-n", "2", "-d", "0.1").lines().filter(l -> l.startsWith("POD")))
        .hasSize(2);
  }

  @Test
  void eventsAreToldAndTheLastOnesKept() throws Exception {
    Process following =
        new ProcessBuilder(jcri.line("events", "-f", "-o", "json"))
            .redirectErrorStream(true)
            .start();
    try (var lines = following.inputReader()) {
      TestPod pod = NODE.pod();
      TestContainer container = pod.start("sh", "-c", "exit 7");
      container.awaitExit();
      JsonObject stopped = JsonParser.parseString(lines.readLine()).getAsJsonObject();
      while (!stopped.get("id").getAsString().equals(container.id())
          || !stopped.get("type").getAsString().equals("stopped")) {
        stopped = JsonParser.parseString(lines.readLine()).getAsJsonObject();
      }
      assertThat(stopped.get("exitCode").getAsInt()).isEqualTo(7);
      assertThat(stopped.get("container").getAsString()).isEqualTo("c1");
      assertThat(jcri.out("events"))
          .contains(
              "pod       started " + pod.id().substring(0, 12) + " it/" + name(pod) + "\n",
              container.id().substring(0, 12) + " it/" + name(pod) + "/c1 exit code 7\n");
    } finally {
      following.destroy();
      following.waitFor();
    }
  }

  @Test
  void nsenterRunsAProgramOfTheMachineInThePod() throws IOException {
    TestPod pod = NODE.pod();
    assertThat(jcri.out("nsenter", name(pod), "cat", "/proc/net/fib_trie")).contains(pod.ip());
    assertThat(jcri.out("nsenter", name(pod), "--", "hostname").strip()).isEqualTo(name(pod));
    assertThat(jcri.run("nsenter", name(pod), "sh", "-c", "exit 5").exitCode()).isEqualTo(5);
    pod.stop();
    assertThat(jcri.refusal("nsenter", name(pod), "true")).contains("it is not-ready");
  }

  @Test
  void resetRemovesAllPodsWhenItIsTold() throws IOException {
    PodSandboxConfig.Builder config = NODE.podConfig();
    TestPod pod = NODE.pod(config);
    ContainerConfig.Builder ends = pod.container("sleep", "100000");
    pod.start(ends);
    NODE.pod().stop();
    assertThat(jcri.run("reset").exitCode()).isEqualTo(2);
    assertThat(jcri.out("pods", "-q").lines()).hasSize(2);
    assertThat(jcri.out("reset", "--yes")).contains("removed pod " + pod.id().substring(0, 12));
    NODE.assertNoPodIsLeft();
    assertThat(jcri.out("ps", "-aq")).isEmpty();
    assertThat(jcri.out("images")).contains(NODE.busybox());
  }

  /** script(1) is the terminal of somebody who is asked. */
  @Test
  void resetAsksWhoIsThere() throws Exception {
    NODE.pod().idle();
    String asked = "End and remove all pods (1) and containers (1, 1 running) of this node? [y/N] ";
    assertThat(answer("no")).contains(asked, "nobody has agreed, nothing is removed", "status=1");
    assertThat(answer("")).contains(asked, "status=1");
    assertThat(jcri.out("ps", "-q").lines()).hasSize(1);
    assertThat(answer("y")).contains(asked, "removed pod ", "status=0");
    NODE.assertNoPodIsLeft();
  }

  /** What a terminal shows when reset's question is answered so. */
  private String answer(String text) throws Exception {
    String reset =
        jcri.line("reset").stream().map(word -> "'" + word + "'").collect(Collectors.joining(" "));
    Process process =
        new ProcessBuilder("script", "-qec", reset + "; echo status=$?", "/dev/null")
            .redirectErrorStream(true)
            .start();
    try (var keys = process.outputWriter();
        var screen = process.inputReader()) {
      keys.write(text + "\r");
      keys.flush();
      return screen.lines().collect(Collectors.joining("\n"));
    } finally {
      process.destroy();
      process.waitFor();
    }
  }

  @Test
  void gcCollectsImagesAndNetworks() throws IOException {
    assertThat(jcri.out("gc", "--dry-run")).contains("would remove 0 images");
    assertThat(jcri.out("gc")).contains("removed 0 images", "collected networks");
  }

  /** Such as a daemon leaves whose disk has lost its records. */
  @Test
  void gcEndsWhatNoRecordTellsOfAndNothingElse() throws IOException {
    TestPod pod = NODE.pod();
    TestContainer container = pod.idle();
    String lost = "f".repeat(64);
    Path bundle = NODE.daemon().state().resolve("containers").resolve(lost);
    Path sandbox = NODE.daemon().state().resolve("pods").resolve(lost);
    Files.createDirectories(bundle.resolve("bundle"));
    Files.createDirectories(sandbox);

    assertThat(jcri.out("gc", "--dry-run"))
        .contains("would end container ffffffffffff", "would end pod sandbox ffffffffffff")
        .doesNotContain(pod.id().substring(0, 12), container.id().substring(0, 12));
    assertThat(bundle).exists();
    assertThat(jcri.out("gc"))
        .contains(
            "ended container ffffffffffff, which no record tells of",
            "ended pod sandbox ffffffffffff",
            "collected networks");
    assertThat(bundle).doesNotExist();
    assertThat(sandbox).doesNotExist();
    assertThat(jcri.out("ps", "-q").strip()).isEqualTo(container.id());
    assertThat(jcri.out("pods", "-q", "--state", "ready").strip()).isEqualTo(pod.id());
    assertThat(jcri.out("gc")).doesNotContain("ended");
  }

  @Test
  void mistakesAreOneLine() throws IOException {
    Command.Result wrong = jcri.run("ps", "--wrong");
    assertThat(wrong.exitCode()).isEqualTo(2);
    assertThat(wrong.err().strip())
        .isEqualTo("jcri ps: Unknown option: '--wrong'; see jcri ps --help");
  }

  private JsonObject inspected(String name) throws IOException {
    return array(jcri.out("inspect", name)).get(0).getAsJsonObject();
  }

  private static JsonArray array(String json) {
    JsonElement parsed = JsonParser.parseString(json);
    return parsed.getAsJsonArray();
  }

  private static String name(TestPod pod) {
    return pod.config().getMetadata().getName();
  }
}
