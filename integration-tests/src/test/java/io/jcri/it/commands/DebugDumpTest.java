package io.jcri.it.commands;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.jcri.cri.v1.ExecSyncRequest;
import io.jcri.cri.v1.RuntimeServiceGrpc;
import io.jcri.it.kit.Command;
import io.jcri.it.kit.CriClient;
import io.jcri.it.kit.Waiting;
import io.jcri.it.node.JcriCommand;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code jcri debug dump} of a daemon at work, of one that is stopped, and of none. */
class DebugDumpTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @RegisterExtension static final TestNode NODE = new TestNode();

  private final JcriCommand jcri = new JcriCommand(NODE);

  private static JsonObject json(String text) {
    return JsonParser.parseString(text).getAsJsonObject();
  }

  private static JsonObject one(JsonArray rows, String key, String value) {
    return StreamSupport.stream(rows.spliterator(), false)
        .map(JsonElement::getAsJsonObject)
        .filter(row -> row.get(key).getAsString().equals(value))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + key + " " + value + " in " + rows));
  }

  private static String name(TestPod pod) {
    return "it/" + pod.config().getMetadata().getName();
  }

  private JsonObject inside() throws IOException {
    return json(whole("-o", "json")).getAsJsonObject("inside");
  }

  /** Of a daemon that answers, however busy this machine is. */
  private String whole(String... words) throws IOException {
    List<String> line = new ArrayList<>(List.of("debug", "dump", "--timeout", "60000"));
    line.addAll(List.of(words));
    return jcri.out(line.toArray(String[]::new));
  }

  @Test
  void aCallInFlightIsToldWithItsStageAndAllElseThatTheDaemonHas() throws Exception {
    TestPod pod = NODE.pod();
    TestContainer container = pod.idle();
    try (CriClient client = NODE.daemon().client()) {
      var running =
          RuntimeServiceGrpc.newFutureStub(client.channel())
              .execSync(
                  ExecSyncRequest.newBuilder()
                      .setContainerId(container.id())
                      .addCmd("sleep")
                      .addCmd("1000")
                      .build());
      Waiting.until(PATIENCE, () -> atStage("command"), () -> "no call in flight");

      String all = whole("-o", "json");
      JsonObject inside = json(all).getAsJsonObject("inside");
      assertThat(json(all).get("silence")).isNull();
      JsonObject call = one(inside.getAsJsonArray("calls"), "method", "ExecSync");
      assertThat(call.get("subject").getAsString())
          .isEqualTo("container " + name(pod) + "/c1 " + container.id());
      assertThat(call.get("stage").getAsString()).isEqualTo("command");
      assertThat(call.get("stack").toString()).contains("ContainerCommands.execSync");

      JsonObject shim = one(inside.getAsJsonArray("shims"), "container", container.id());
      assertThat(shim.get("pid").getAsInt()).isEqualTo(container.shimPid());
      assertThat(shim.get("alive").getAsBoolean()).isTrue();
      assertThat(shim.get("connected").getAsBoolean()).isTrue();
      assertThat(inside.getAsJsonArray("missing")).isEmpty();
      assertThat(inside.getAsJsonObject("memory").getAsJsonObject("java").keySet())
          .contains("Metaspace", "Tenured Gen", "buffers, direct");
      assertThat(inside.getAsJsonObject("memory").getAsJsonObject("process").keySet())
          .contains("Rss", "Pss", "Pss_Anon");
      JsonObject threads = json(all).getAsJsonObject("threads");
      assertThat(threads.get("platform").toString()).contains("\"slow calls\"");
      assertThat(threads.get("virtual").toString()).contains("ContainerCommands.execSync");

      assertThat(whole())
          .contains("it has answered", "== calls in flight: ", " ExecSync of container ")
          .contains(", at: command")
          .contains("== pods by their records: 1\n", name(pod));
      running.cancel(true);
      Waiting.until(PATIENCE, () -> !atStage("command"), () -> "the call stays in flight");
    }
  }

  private boolean atStage(String stage) throws IOException {
    return StreamSupport.stream(inside().getAsJsonArray("calls").spliterator(), false)
        .anyMatch(call -> call.getAsJsonObject().get("stage").getAsString().equals(stage));
  }

  @Test
  void aDaemonThatIsStoppedIsToldFromOutside() throws Exception {
    TestPod pod = NODE.pod();
    TestContainer container = pod.idle();
    int shim = container.shimPid();
    int daemon = (int) NODE.daemon().process().pid();
    signal(daemon, "STOP");
    try {
      Path file = NODE.scratch().disk().resolve("dump.json");
      Command.Result result = jcri.run("debug", "dump", "-o", "json", "--file", file.toString());
      assertThat(result.exitCode()).isEqualTo(1);
      assertThat(result.err()).contains("it is stopped, and answers when kill -CONT lets it go on");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");
      JsonObject dump = json(Files.readString(file));
      assertThat(dump.get("inside")).isNull();
      JsonObject outside = dump.getAsJsonObject("outside");
      assertThat(outside.get("root").getAsString()).isEqualTo(NODE.daemon().root().toString());
      JsonObject process = outside.getAsJsonObject("daemon");
      assertThat(process.get("pid").getAsInt()).isEqualTo(daemon);
      assertThat(process.get("state").getAsString()).startsWith("T");
      assertThat(process.get("descriptors").getAsInt()).isPositive();
      assertThat(process.get("threads").toString()).contains("\"slow calls\"");
      JsonObject ofPod = one(outside.getAsJsonArray("pods"), "id", pod.id());
      assertThat(ofPod.get("name").getAsString()).isEqualTo(name(pod));
      assertThat(ofPod.getAsJsonObject("pause").get("alive").getAsBoolean()).isTrue();
      JsonObject of = one(outside.getAsJsonArray("containers"), "id", container.id());
      assertThat(of.getAsJsonObject("shim").get("pid").getAsInt()).isEqualTo(shim);
      assertThat(of.getAsJsonObject("shim").get("alive").getAsBoolean()).isTrue();
      assertThat(of.get("socket").getAsBoolean()).isTrue();
      assertThat(of.get("cgroup").getAsString()).contains(container.id());
      assertThat(outside.getAsJsonArray("mounts").toString()).contains(pod.id());
      assertThat(outside.getAsJsonArray("log").toString()).contains("serving");
      assertThat(jcri.run("debug", "dump").out())
          .contains("T (stopped)", "all below is from /proc, records and files", container.id());
    } finally {
      signal(daemon, "CONT");
    }
  }

  @Test
  void aDaemonWhoseOwnThreadsHangIsAskedPastThem() throws Exception {
    // nobody accepts on the socket that the command is given, while the daemon lives
    Path socket = NODE.daemon().state().resolve("admin.sock");
    Path away = socket.resolveSibling("away.sock");
    Files.move(socket, away);
    try {
      Command.Result result = jcri.run("debug", "dump", "--timeout", "60000");
      assertThat(result.exitCode()).isEqualTo(1);
      assertThat(result.out())
          .contains("== its threads, as its Java runtime has them", "\"slow calls\"");
      assertThat(NODE.daemon().process().isAlive()).isTrue();
    } finally {
      Files.move(away, socket);
    }
  }

  @Test
  void aDaemonThatTakesTheQuestionAndSaysNothingIsAskedPastItsThreads() throws Exception {
    Path socket = NODE.daemon().state().resolve("admin.sock");
    Path away = socket.resolveSibling("away.sock");
    Files.move(socket, away);
    try (ServerSocketChannel mute = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      mute.bind(UnixDomainSocketAddress.of(socket));
      Command.Result result = jcri.run("debug", "dump", "--timeout", "10000");
      assertThat(result.exitCode()).isEqualTo(1);
      assertThat(result.err()).contains("it has not answered in time");
      assertThat(result.out())
          .contains("== its threads, as its Java runtime has them", "\"slow calls\"");
    } finally {
      Files.move(away, socket, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  @Test
  void ofADeadDaemonTheRecordsTell() throws Exception {
    TestPod pod = NODE.pod();
    TestContainer container = pod.idle();
    int shim = container.shimPid();
    int pause = pod.pausePid();
    NODE.daemon().kill();
    try {
      signal(shim, "KILL");
      Waiting.until(
          PATIENCE, () -> ProcessHandle.of(shim).isEmpty(), () -> "the shim does not end");
      Command.Result result = jcri.run("debug", "dump", "--root", NODE.daemon().root().toString());
      assertThat(result.exitCode()).isEqualTo(1);
      assertThat(result.err()).contains("no jcri daemon answers on");
      assertThat(result.out())
          .contains("no process has its folders")
          .contains(name(pod), pause + " alive", shim + " dead");
      Command.Result nobody = jcri.run("debug", "dump", "--root", "/nonexistent");
      assertThat(nobody.out()).contains("pods by their records: none", "/nonexistent/pods");
    } finally {
      NODE.daemon().start();
    }
  }

  private static void signal(int pid, String signal) throws IOException {
    Command.of("kill", "-" + signal, Integer.toString(pid)).run().orThrow();
  }
}
