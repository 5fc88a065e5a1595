package io.jcri.it.badinput;

import static io.jcri.it.node.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.grpc.Status.Code;
import io.jcri.cri.v1.ContainerState;
import io.jcri.cri.v1.LinuxContainerResources;
import io.jcri.it.kit.Command;
import io.jcri.it.kit.Waiting;
import io.jcri.it.kit.Witness;
import io.jcri.it.node.JcriCommand;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An OCI runtime whose start never ends: whoever wants the container gone does not wait for it. */
class HangingRuntimeTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String HANDLER = "hanging";
  private static final Path FOLDER = folder();
  private static final Path PID = FOLDER.resolve("pid");

  @RegisterExtension
  static final TestNode NODE = new TestNode(Map.of(HANDLER, FOLDER.resolve("runc")));

  private final TestPod pod;
  private final TestContainer container;
  private final Future<?> start;
  private final int runtime;

  /** A container whose start has just begun to hang. */
  HangingRuntimeTest() throws IOException {
    pod = NODE.pod(NODE.podConfig(), HANDLER);
    container = pod.create(pod.container("true"));
    FutureTask<?> task = new FutureTask<>(container::start, null);
    Thread.ofVirtual().start(task);
    start = task;
    runtime = runtime();
  }

  @AfterAll
  static void deleteFolder() throws IOException {
    Files.deleteIfExists(PID);
    Files.deleteIfExists(FOLDER.resolve("runc"));
    Files.deleteIfExists(FOLDER);
  }

  @Test
  void theStopOfThePodEndsTheStart() throws IOException {
    pod.stop();
    assertStartFailed();
    pod.remove();
    NODE.assertNoPodIsLeft();
  }

  @Test
  void theStopOfTheContainerEndsTheStartAfterItsGracePeriod() throws IOException {
    container.stop(1);
    assertStartFailed();
  }

  @Test
  void theRemovalOfTheContainerEndsTheStart() throws IOException {
    container.remove();
    assertStartEnded();
    assertRefused(container::status, Code.NOT_FOUND, container.id());
    NODE.assertNoSnapshotIsLeft();
  }

  @Test
  void aStoppedShimAddsNothingToTheHang() throws IOException {
    Path proc = Path.of("/proc", Integer.toString(runtime), "stat");
    String stat = Files.readString(proc);
    String shim = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[1];
    Command.of("kill", "-STOP", shim).run().orThrow();
    container.stop(0);
    assertStartFailed();
    awaitGone(Integer.parseInt(shim));
  }

  @Test
  void otherPodsDoNotNoticeIt() throws IOException {
    assertThat(NODE.pod().idle().sh("echo here")).isEqualTo("here");
    assertThat(container.state()).isEqualTo(ContainerState.CONTAINER_CREATED);
    pod.remove();
    assertStartEnded();
  }

  @Test
  void itIsToldWhereTheStartHangsAndWhoWaitsForItsLock() throws IOException {
    FutureTask<?> waiter =
        new FutureTask<>(
            () -> container.update(LinuxContainerResources.newBuilder().setCpuShares(512)), null);
    Thread.ofVirtual().start(waiter);
    Waiting.until(PATIENCE, () -> !waiting().isEmpty(), () -> "nobody waits");
    JsonObject inside = inside();
    JsonObject lock = inside.getAsJsonArray("locks").get(0).getAsJsonObject();
    assertThat(lock.get("id").getAsString()).isEqualTo(container.id());
    JsonObject holder = lock.getAsJsonObject("holder");
    assertThat(holder.get("what").getAsString()).isEqualTo("StartContainer");
    assertThat(holder.get("stack").toString()).contains("ContainerStart");
    assertThat(waiting().get(0).getAsJsonObject().get("what").getAsString())
        .isEqualTo("UpdateContainerResources");
    assertThat(inside.get("calls").toString())
        .contains("\"id\":" + holder.get("call"), "\"stage\":\"runtime\"");
    container.remove();
    assertStartEnded();
    assertThatThrownBy(waiter::get).hasMessageContaining(container.id());
  }

  private static JsonArray waiting() throws IOException {
    JsonArray locks = inside().getAsJsonArray("locks");
    return locks.isEmpty() ? locks : locks.get(0).getAsJsonObject().getAsJsonArray("waiting");
  }

  private static JsonObject inside() throws IOException {
    String dump = new JcriCommand(NODE).out("debug", "dump", "--timeout", "60000", "-o", "json");
    return JsonParser.parseString(dump).getAsJsonObject().getAsJsonObject("inside");
  }

  private void assertStartFailed() throws IOException {
    assertStartEnded();
    assertThat(container.state()).isEqualTo(ContainerState.CONTAINER_EXITED);
    assertThat(container.status().getReason()).isEqualTo("StartError");
  }

  private void assertStartEnded() throws IOException {
    assertThatThrownBy(start::get).hasMessageContaining(container.id());
    awaitGone(runtime);
  }

  /** Whose parent was ended as well is init's to reap, in its own time. */
  private static void awaitGone(int pid) throws IOException {
    Waiting.until(PATIENCE, () -> !Witness.exists(pid), () -> "process " + pid + " lives on");
  }

  /** Waits until the runtime hangs. Returns its process id. */
  private static int runtime() throws IOException {
    Waiting.until(PATIENCE, () -> Files.exists(PID), () -> "the runtime was not called");
    int pid = Integer.parseInt(Files.readString(PID).strip());
    Files.delete(PID);
    return pid;
  }

  private static Path folder() {
    try {
      Path folder = Files.createTempDirectory("jcri-hanging");
      Path script =
          Files.writeString(
              folder.resolve("runc"),
              """
              #!/bin/sh
              for word; do
                if [ "$word" = run ]; then
                  echo $$ > %1$s/pid.new
                  mv %1$s/pid.new %1$s/pid
                  exec sleep 100000
                fi
              done
              exec runc "$@"
              """
                  .formatted(folder));
      Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
