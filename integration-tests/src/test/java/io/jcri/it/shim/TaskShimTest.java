package io.jcri.it.shim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.jcri.it.kit.Tools;
import io.jcri.it.kit.Waiting;
import io.jcri.it.shim.TaskFixture.Box;
import io.jcri.it.shim.TaskFixture.Ran;
import io.jcri.oci.OciException;
import io.jcri.oci.OciException.Kind;
import io.jcri.oci.runtime.OciRuntime;
import io.jcri.oci.spec.LinuxResources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The life of containers in a shim, by the verbs of an OCI runtime. */
class TaskShimTest {
  private static final String LASTING = "trap 'exit 9' TERM; while :; do sleep 0.05; done";

  private final TaskFixture tasks = new TaskFixture(Tools.containerdShim());

  TaskShimTest() throws IOException {}

  @AfterEach
  void sweep() throws IOException {
    tasks.close();
  }

  @Test
  void tellsTheShimsVersion() throws IOException {
    assertThat(tasks.task("--version").out())
        .matches("(?s)jcri-task over containerd-shim-runc-v2 \\d.*");
  }

  @Test
  void goesFromRunToDelete() throws IOException {
    Box box = tasks.shell("echo out; echo err >&2; exit 7");
    Ran ran = box.start();

    assertThat(ran.out()).isEqualTo("out\n");
    assertThat(ran.err()).isEqualTo("err\n");
    assertThat(tasks.exitStatus(box)).isEqualTo(7);
    OciRuntime runtime = tasks.runtime();
    assertThat(runtime.state(box.id).status()).isEqualTo("stopped");
    assertThatThrownBy(() -> runtime.kill(box.id, 15))
        .satisfies(e -> assertKind(e, Kind.FAILED_PRECONDITION));
    assertThat(box.exec(List.of(), "/bin/sh").exitCode()).isNotZero();
    assertThat(runtime.list()).containsExactly(box.id);

    assertThat(tasks.task("delete", box.id).exitCode()).isZero();
    tasks.awaitNothingLeft();
    assertThat(runtime.list()).isEmpty();
    assertThatThrownBy(() -> runtime.state(box.id)).satisfies(e -> assertKind(e, Kind.NOT_FOUND));
    runtime.delete(box.id);
  }

  @Test
  void waitsForAnEndThatIsStillToCome() throws Exception {
    Box box = tasks.shell(LASTING);
    box.start();
    Path told = tasks.file("told");
    Process waits =
        new ProcessBuilder(tasks.line(List.of("wait", box.id)))
            .redirectOutput(told.toFile())
            .start();
    assertThat(tasks.runtime().state(box.id).pid()).isEqualTo(box.pid());
    assertThat(tasks.task("delete", box.id).err()).contains("it is not stopped");
    assertThat(waits.isAlive()).isTrue();

    assertThat(tasks.task("kill", box.id, "SIGTERM").exitCode()).isZero();

    assertThat(waits.waitFor()).isZero();
    assertThat(Files.readString(told)).isEqualTo("{\"id\":\"%s\",\"exitStatus\":9}\n", box.id);
  }

  @Test
  void passesInputAndItsEnd() throws IOException {
    Box box = tasks.shell("cat; echo over; exit 3");
    Ran ran = box.launch();
    assertThat(ran.exitCode()).isZero();
    ran.typed("some\nlines\n");
    assertThat(ran.out()).isEqualTo("some\nlines\nover\n");
    assertThat(tasks.exitStatus(box)).isEqualTo(3);
  }

  @Test
  void execsWithItsStreamsAndItsCode() throws IOException {
    Box box = tasks.shell(LASTING);
    box.start();
    Ran ran = box.exec(List.of(), "/bin/sh", "-c", "cat; echo err >&2; exit 4");
    ran.typed("in\n");
    assertThat(ran.exitCode()).isEqualTo(4);
    assertThat(ran.out()).isEqualTo("in\n");
    assertThat(ran.err()).isEqualTo("err\n");
  }

  @Test
  void leavesADetachedExecBehindThatCanBeKilled() throws IOException {
    Box box = tasks.shell(LASTING);
    box.start();
    Path pid = tasks.file("exec.pid");
    Path internal = tasks.file("exec.internal");
    Ran ran =
        box.exec(
            List.of("--detach", "--pid-file", "" + pid, "--internal-pid-file", "" + internal),
            "/bin/sh",
            "-c",
            "echo runs; exec sleep 1000");
    ran.typed("");
    assertThat(ran.exitCode()).isZero();
    assertThat(Path.of("/proc", Files.readString(pid), "cmdline")).content().contains("exec");

    String exec = Files.readString(internal);
    assertThat(tasks.task("kill", "--pid", exec, box.id, "KILL").exitCode()).isZero();

    assertThat(ran.out()).isEqualTo("runs\n");
    Waiting.until(
        TaskFixture.PATIENCE,
        () -> tasks.task("kill", "--pid", exec, box.id, "KILL").err().contains("does not exist"),
        () -> "the shim still knows the exec");
    assertThat(tasks.runtime().state(box.id).running()).isTrue();
  }

  @Test
  void tellsWhyAProgramDoesNotStart() throws IOException {
    Box box = tasks.shell(LASTING);
    box.start();
    Ran exec = box.exec(List.of("--detach"), "/no/such");
    assertThat(exec.exitCode()).isNotZero();
    assertThat(lastError(exec)).contains("/no/such", "no such file or directory");

    Box missing = tasks.new Box(false, "/no/such");
    Ran run = missing.launch();
    assertThat(run.exitCode()).isNotZero();
    assertThat(lastError(run)).contains("/no/such", "no such file or directory");
    assertThat(tasks.runtime().list()).containsExactly(box.id);
  }

  @Test
  void pausesUpdatesAndMeasures() throws IOException {
    Box box = tasks.shell(LASTING);
    box.start();
    OciRuntime runtime = tasks.runtime();
    runtime.pause(box.id);
    assertThat(runtime.state(box.id).status()).isEqualTo("paused");
    assertThatThrownBy(() -> runtime.pause(box.id))
        .satisfies(e -> assertKind(e, Kind.FAILED_PRECONDITION));
    runtime.resume(box.id);
    assertThatThrownBy(() -> runtime.resume(box.id))
        .satisfies(e -> assertKind(e, Kind.FAILED_PRECONDITION));
    assertThat(tasks.task("ps", box.id).out()).contains(String.valueOf(box.pid()));

    runtime.update(box.id, LinuxResources.builder().memoryLimit(64L << 20).build());

    JsonObject stats =
        JsonParser.parseString(tasks.task("events", "--stats", box.id).out())
            .getAsJsonObject()
            .getAsJsonObject("data");
    JsonObject usage = stats.getAsJsonObject("memory").getAsJsonObject("usage");
    assertThat(usage.get("limit").getAsLong()).isEqualTo(64 << 20);
    assertThat(usage.get("usage").getAsLong()).isBetween(1L, 64L << 20);
    assertThat(stats.getAsJsonObject("cpu").getAsJsonObject("usage").get("total").getAsLong())
        .isPositive();
    assertThat(stats.getAsJsonObject("pids").get("current").getAsLong()).isPositive();
  }

  @Test
  void holdsATerminalAndItsSize() throws IOException {
    Path socket = tasks.file("console");
    try (Console console = new Console(socket, tasks.file("typed"))) {
      Box box = tasks.new Box(true, "/bin/sh", "-c", "read x; stty size; read x; exit 6");
      box.withConsole(socket).start();
      console.type("size 33 44");
      console.type("go");
      console.await("33 44");

      try (Console second = new Console(tasks.file("console2"), tasks.file("typed2"))) {
        Ran exec =
            box.exec(
                List.of("--console-socket", "" + tasks.file("console2")),
                "/bin/sh",
                "-c",
                "read x; stty size; exit 5");
        second.type("size 50 60");
        second.type("go");
        second.await("50 60");
        assertThat(exec.exitCode()).isEqualTo(5);
      }

      console.type("end");
      assertThat(tasks.exitStatus(box)).isEqualTo(6);
      console.awaitEnd();
    }
  }

  @Test
  void deletesWhatRuns() throws IOException {
    Box box = tasks.shell("exec sleep 1000");
    box.start();
    Ran exec = box.exec(List.of("--detach"), "/bin/sleep", "1000");
    assertThat(exec.exitCode()).isZero();
    tasks.runtime().pause(box.id);
    assertThat(tasks.left())
        .anyMatch(line -> line.startsWith("process ") && line.contains("sleep 1000"))
        .anyMatch(line -> line.startsWith("process ") && line.contains("containerd-shim"))
        .anyMatch(line -> line.startsWith("/sys/fs/cgroup/"))
        .anyMatch(line -> line.startsWith("unix://"));

    tasks.runtime().delete(box.id);
    tasks.awaitNothingLeft();
  }

  @Test
  void cleansUpAfterADeadShim() throws Exception {
    Box box = tasks.shell("exec sleep 1000");
    box.start();
    Path told = tasks.file("told");
    Process waits =
        new ProcessBuilder(tasks.line(List.of("wait", box.id)))
            .redirectOutput(told.toFile())
            .start();
    long shim = Long.parseLong(box.record("shim_pid").orElseThrow());
    TaskFixture.kill(shim);

    assertThat(waits.waitFor()).isZero();
    assertThat(told).content().contains("\"exitStatus\":137");
    tasks.awaitNoProcess("sleep 1000");
    assertThat(tasks.exitStatus(box)).isEqualTo(137);
    assertThatThrownBy(() -> tasks.runtime().state(box.id))
        .satisfies(e -> assertKind(e, Kind.INTERNAL));

    tasks.runtime().delete(box.id);
    tasks.awaitNothingLeft();
  }

  @Test
  void runsAPodsContainersInOneShim() throws IOException {
    Box sandbox = tasks.shell(LASTING);
    Box lost = tasks.shell("exit 0").in(sandbox);
    Ran refused = lost.launch();
    assertThat(refused.exitCode()).isNotZero();
    assertThat(lastError(refused)).contains("sandbox " + sandbox.id);
    sandbox.start();

    Box second = tasks.shell("echo second; exit 2").in(sandbox);
    assertThat(second.start().out()).isEqualTo("second\n");

    assertThat(second.record("shim_pid")).isEqualTo(sandbox.record("shim_pid"));
    assertThat(tasks.exitStatus(second)).isEqualTo(2);
    assertThat(tasks.task("delete", second.id).exitCode()).isZero();
    assertThat(tasks.runtime().state(sandbox.id).running()).isTrue();
  }

  @Test
  void letsAShimLiveUntilItsLastContainerIsDeleted() throws IOException {
    Box sandbox = tasks.shell(LASTING);
    sandbox.start();
    Box second = tasks.shell("exec sleep 1000").in(sandbox);
    second.start();
    tasks.runtime().delete(sandbox.id);
    assertThat(tasks.runtime().list()).containsExactly(second.id);
    assertThat(tasks.runtime().state(second.id).running()).isTrue();
    tasks.runtime().kill(second.id, 9);
    assertThat(tasks.exitStatus(second)).isEqualTo(137);
    tasks.runtime().delete(second.id);
    tasks.awaitNothingLeft();
  }

  private static String lastError(Ran ran) throws IOException {
    JsonObject line = JsonParser.parseString(ran.log()).getAsJsonObject();
    assertThat(line.get("level").getAsString()).isEqualTo("error");
    return line.get("msg").getAsString();
  }

  private static void assertKind(Throwable failure, Kind kind) {
    assertThat(failure)
        .isInstanceOfSatisfying(OciException.class, e -> assertThat(e.kind()).isEqualTo(kind));
  }
}
