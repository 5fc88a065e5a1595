package io.jcri.it.shim;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.it.kit.Command;
import io.jcri.it.kit.Tools;
import io.jcri.it.kit.Waiting;
import io.jcri.it.shim.TaskFixture.Box;
import io.jcri.it.shim.TaskFixture.Ran;
import io.jcri.oci.runtime.RuntimeState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The life of a sandbox that the shim itself has, by the verbs that containers have. */
class SandboxApiVerbsTest {
  private static final String LASTING = "trap 'exit 9' TERM; while :; do sleep 0.05; done";

  private final TaskFixture tasks = new TaskFixture(Tools.sandboxShim());

  SandboxApiVerbsTest() throws IOException {}

  @AfterEach
  void sweep() throws IOException {
    tasks.close();
  }

  private Box sandbox() throws IOException {
    Box sandbox = tasks.shell("exit 1").asSandbox();
    sandbox.start();
    return sandbox;
  }

  private static long shim(Box box) throws IOException {
    return Long.parseLong(box.record("shim_pid").orElseThrow());
  }

  /** Of a wait that has begun before the end. */
  private Process waits(Box box, Path told) throws IOException {
    return new ProcessBuilder(tasks.line(List.of("wait", box.id)))
        .redirectOutput(told.toFile())
        .start();
  }

  @Test
  void goesFromRunToDelete() throws IOException {
    Box sandbox = sandbox();
    RuntimeState state = tasks.runtime().state(sandbox.id);
    assertThat(state.status()).isEqualTo("running");
    assertThat((long) state.pid()).as("that of the shim").isEqualTo(shim(sandbox));
    assertThat((long) sandbox.pid()).isEqualTo(shim(sandbox));
    assertThat(tasks.task("delete", sandbox.id).err()).contains("it is not stopped");
    assertThat(tasks.task("kill", sandbox.id, "HUP").err()).contains("can only be ended");
    assertThat(tasks.runtime().state(sandbox.id).running()).isTrue();

    tasks.runtime().delete(sandbox.id);
    tasks.awaitNothingLeft();
    assertThat(tasks.runtime().list()).isEmpty();
  }

  @Test
  void waitsForAnEndThoughTheShimAnswersAtOnce() throws Exception {
    Box sandbox = sandbox();
    Path told = tasks.file("told");
    Process waits = waits(sandbox, told);
    Box container = tasks.shell("exit 3").in(sandbox);
    container.start();
    assertThat(tasks.task("wait", container.id).out()).contains("\"exitStatus\":3");
    assertThat(waits.isAlive()).isTrue();
    assertThat(told).isEmptyFile();
    assertThat(tasks.task("delete", container.id).exitCode()).isZero();

    assertThat(tasks.task("kill", sandbox.id, "KILL").exitCode()).isZero();

    assertThat(waits.waitFor()).isZero();
    assertThat(told).hasContent("{\"id\":\"%s\",\"exitStatus\":137}".formatted(sandbox.id));
  }

  @Test
  void hasContainersInItsShim() throws IOException {
    Box sandbox = sandbox();
    Box first = tasks.shell("echo first; exit 2").in(sandbox);
    assertThat(first.start().out()).isEqualTo("first\n");
    Box second = tasks.shell(LASTING).in(sandbox);
    second.start();
    assertThat(shim(first)).isEqualTo(shim(sandbox));
    assertThat(shim(second)).isEqualTo(shim(sandbox));
    assertThat(tasks.task("delete", first.id).exitCode()).isZero();
    assertThat(tasks.runtime().state(second.id).running()).isTrue();
    tasks.runtime().delete(second.id);
    assertThat(tasks.runtime().state(sandbox.id).running()).as("it outlives them").isTrue();
  }

  @Test
  void takesItsContainersWithIt() throws Exception {
    Box sandbox = sandbox();
    Box container = tasks.shell("exec sleep 1000").in(sandbox);
    container.start();
    Path told = tasks.file("told");
    Process waits = waits(container, told);
    tasks.runtime().delete(sandbox.id);
    assertThat(waits.waitFor()).isZero();
    assertThat(told).content().contains("\"exitStatus\":137");
    tasks.awaitNoProcess("sleep 1000");
    assertThat(tasks.runtime().list()).containsExactly(container.id);
    tasks.runtime().delete(container.id);
    tasks.awaitNothingLeft();
  }

  @Test
  void endsWithADeadShim() throws Exception {
    Box sandbox = sandbox();
    Box container = tasks.shell("exec sleep 1000").in(sandbox);
    container.start();
    Path told = tasks.file("told");
    Process waits = waits(sandbox, told);
    assertThat(ProcessHandle.of(shim(sandbox)).orElseThrow().destroyForcibly()).isTrue();
    assertThat(waits.waitFor()).isZero();
    assertThat(Files.readString(told)).contains("\"exitStatus\":137");
    assertThat(tasks.task("wait", container.id).out()).contains("\"exitStatus\":137");
    tasks.runtime().delete(container.id);
    tasks.runtime().delete(sandbox.id);
    tasks.awaitNothingLeft();
  }

  @Test
  void isEndedThoughTheShimIsDeaf() throws IOException {
    Box sandbox = sandbox();
    Command.of("kill", "-STOP", Long.toString(shim(sandbox))).run().orThrow();
    tasks.runtime().delete(sandbox.id);
    tasks.awaitNothingLeft();
  }

  @Test
  void isRefusedByAShimWithoutTheApiAndLeavesNothing() throws IOException {
    try (TaskFixture others = new TaskFixture(Tools.containerdShim())) {
      Ran ran = others.shell("exit 1").asSandbox().launch();
      ran.typed("");
      assertThat(ran.exitCode()).isNotZero();
      assertThat(ran.log()).contains("containerd-shim-runc-v2 has no sandbox API");
      others.awaitNothingLeft();
    }
  }

  @Test
  void isNoContainerOfAnother() throws IOException {
    Box sandbox = sandbox();
    Ran ran = tasks.shell("exit 1").in(sandbox).asSandbox().launch();
    ran.typed("");
    assertThat(ran.exitCode()).isNotZero();
    assertThat(ran.log()).contains("which is in the sandbox " + sandbox.id);
    Waiting.until(
        TaskFixture.PATIENCE,
        () -> tasks.runtime().list().equals(List.of(sandbox.id)),
        () -> "a container is left");
  }
}
