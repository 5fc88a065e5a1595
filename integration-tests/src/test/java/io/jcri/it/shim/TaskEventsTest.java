package io.jcri.it.shim;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.it.kit.Tools;
import io.jcri.it.kit.Waiting;
import io.jcri.it.shim.TaskFixture.Box;
import io.jcri.it.shim.TaskFixture.Ran;
import io.jcri.oci.spec.LinuxResources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What jcri-task makes of the events that a shim tells. */
class TaskEventsTest {
  private static final String LASTING = "trap 'exit 9' TERM; while :; do sleep 0.05; done";

  private final TaskFixture tasks = new TaskFixture(Tools.containerdShim());

  TaskEventsTest() throws IOException {}

  @AfterEach
  void sweep() throws IOException {
    tasks.close();
  }

  @Test
  void tellsThatMemoryKilledAContainer() throws IOException {
    Box sandbox = tasks.shell(LASTING);
    sandbox.start();
    Box greedy =
        tasks
            .shell(
                "until [ -e /go ]; do sleep 0.05; done; (x=a; while :; do x=$x$x; done);"
                    + " until [ -e /end ]; do sleep 0.05; done; x=a; while :; do x=$x$x; done; true")
            .in(sandbox);
    greedy.start();
    LinuxResources limits =
        LinuxResources.builder().memoryLimit(32L << 20).memorySwap(32L << 20).build();
    tasks.runtime().update(greedy.id, limits);
    Path told = tasks.root().resolve(greedy.id).resolve("events");
    assertThat(told).doesNotExist();

    assertThat(sandbox.exec(List.of(), "/bin/sh", "-c", "echo >/go").exitCode()).isZero();
    Waiting.until(TaskFixture.PATIENCE, () -> Files.exists(told), () -> "the shim tells nothing");
    assertThat(told).hasContent("oom");
    assertThat(tasks.runtime().state(greedy.id).running()).isTrue();
    assertThat(sandbox.exec(List.of(), "/bin/sh", "-c", "echo >/end").exitCode()).isZero();

    assertThat(tasks.task("wait", greedy.id).orThrow().out())
        .isEqualTo("{\"id\":\"%s\",\"exitStatus\":137,\"oomKilled\":true}\n", greedy.id);
    assertThat(tasks.task("kill", sandbox.id, "KILL").exitCode()).isZero();
    assertThat(tasks.task("wait", sandbox.id).orThrow().out())
        .isEqualTo("{\"id\":\"%s\",\"exitStatus\":137}\n", sandbox.id);
  }

  @Test
  void goesOnWhenNobodyHearsTheShim() throws IOException {
    Box box = tasks.shell("read x; exec sleep 1000");
    Ran ran = box.launch();
    assertThat(ran.exitCode()).isZero();
    TaskFixture.kill(tasks.listener().orElseThrow());
    assertThat(box.exec(List.of(), "/bin/sh", "-c", "exit 3").exitCode()).isEqualTo(3);
    ran.typed("x\n");
    Box second = tasks.shell("exit 4").in(box);
    second.start();
    assertThat(tasks.exitStatus(second)).isEqualTo(4);
    // Not by us, so that whoever waits would like to hear more of it.
    TaskFixture.kill(box.pid());
    assertThat(tasks.exitStatus(box)).isEqualTo(137);
  }

  @Test
  void hearsTheShimAgainWhileItsEndIsWaitedFor() throws Exception {
    Box box = tasks.shell("until [ -e /go ]; do sleep 0.05; done; x=a; while :; do x=$x$x; done");
    box.start();
    tasks
        .runtime()
        .update(
            box.id, LinuxResources.builder().memoryLimit(32L << 20).memorySwap(32L << 20).build());
    Path told = tasks.file("told");
    Process waits =
        new ProcessBuilder(tasks.line(List.of("wait", box.id)))
            .redirectOutput(told.toFile())
            .start();
    long first = tasks.listener().orElseThrow();
    TaskFixture.kill(first);
    Waiting.until(
        TaskFixture.PATIENCE,
        () -> tasks.listener().filter(now -> now != first).isPresent(),
        () -> "nobody listens");
    assertThat(box.exec(List.of(), "/bin/sh", "-c", "echo >/go").exitCode()).isZero();
    assertThat(waits.waitFor()).isZero();
    assertThat(Files.readString(told))
        .isEqualTo("{\"id\":\"%s\",\"exitStatus\":137,\"oomKilled\":true}\n", box.id);
  }
}
