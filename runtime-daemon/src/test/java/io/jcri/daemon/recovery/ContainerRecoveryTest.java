package io.jcri.daemon.recovery;

import static io.jcri.daemon.recovery.FoundNode.BOOT;
import static io.jcri.daemon.recovery.FoundNode.CONTAINER;
import static io.jcri.daemon.recovery.FoundNode.POD;
import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.daemon.container.Container;
import io.jcri.daemon.container.Exit;
import io.jcri.daemon.core.Samples;
import io.jcri.daemon.life.ContainerPhase;
import io.jcri.sandbox.linux.ProcessId;
import io.jcri.sandbox.linux.SocketPath;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a container whose daemon has ended, by what it has left. */
class ContainerRecoveryTest {
  @TempDir private Path directory;
  private FoundNode node;

  @BeforeEach
  void open() throws IOException {
    node = new FoundNode(directory);
  }

  @AfterEach
  void close() {
    node.close();
  }

  private static Container container(
      ContainerPhase phase, String bootId, Optional<ProcessId> shim) {
    Map<String, Object> said = new HashMap<>();
    said.put("id", CONTAINER);
    said.put("podId", POD);
    said.put("createdAt", 1L);
    said.put("stopSignal", "SIGTERM");
    said.put("phase", phase);
    said.put("bootId", bootId);
    said.put("shim", shim);
    return Samples.record(Container.class, said);
  }

  private void takeUp(ContainerPhase phase, String bootId) {
    takeUp(phase, bootId, Optional.empty());
  }

  private void takeUp(ContainerPhase phase, String bootId, Optional<ProcessId> shim) {
    Container found = container(phase, bootId, shim);
    node.containerRecords.save(CONTAINER, found);
    node.containerRecovery().takeUp(List.of(found));
  }

  private Container now() {
    return node.containers.get(CONTAINER).orElseThrow();
  }

  private Exit exit() {
    assertThat(now().phase()).isEqualTo(ContainerPhase.EXITED);
    assertThat(node.containerRecords.loadAll()).as("on the disk too").containsExactly(now());
    return now().exit().orElseThrow();
  }

  private static void await(Callable<Boolean> done) throws Exception {
    for (int i = 0; i < 3_000 && !done.call(); i++) {
      Thread.sleep(10);
    }
    assertThat(done.call()).isTrue();
  }

  private Path socket() throws IOException {
    return Files.createDirectories(node.layout.container(CONTAINER)).resolve("shim.sock");
  }

  @Test
  void whatRanBeforeARebootHasEnded() {
    takeUp(ContainerPhase.RUNNING, "the boot before");
    assertThat(exit().message()).contains("restarted while the container ran");
    assertThat(exit().code()).isEqualTo(Exit.UNKNOWN_CODE);
  }

  @Test
  void andWhatWasNotStartedBeforeItNeverWillBe() {
    takeUp(ContainerPhase.CREATED, "the boot before");
    assertThat(exit().message()).contains("restarted before the container was started");
  }

  @Test
  void halfAContainerIsRolledBack() throws Exception {
    Path files = Files.createDirectories(node.layout.container(CONTAINER));
    takeUp(ContainerPhase.CREATING, BOOT);
    await(() -> node.containers.get(CONTAINER).isEmpty());
    assertThat(files).doesNotExist();
    assertThat(node.containerRecords.loadAll()).isEmpty();
  }

  @Test
  void oneThatWasNotStartedIsAsItWas() {
    takeUp(ContainerPhase.CREATED, BOOT);
    assertThat(now().phase()).isEqualTo(ContainerPhase.CREATED);
  }

  @Test
  void aStartThatTheDaemonDiedOverIsEnded() throws Exception {
    Path socket = Files.createFile(socket());
    takeUp(ContainerPhase.CREATED, BOOT);
    // Its end is recorded first. Of its pod is nothing known, so the other runtime is asked, too.
    await(() -> node.asked("other").contains("--force " + CONTAINER));
    await(() -> !Files.exists(socket));
    assertThat(exit().message()).contains("while the container was being started");
  }

  @Test
  void itsExitRecordTellsHowItEnded() throws Exception {
    Path record = node.layout.exitRecord(CONTAINER);
    Files.createDirectories(record.getParent());
    Files.writeString(
        record,
        """
        {"version":1,"containerId":"%s","pid":4711,"exitCode":7,"signal":0,\
        "startedAtNanos":1,"finishedAtNanos":2,"oomKilled":false}
        """
            .formatted(CONTAINER));
    takeUp(ContainerPhase.RUNNING, BOOT);
    await(() -> now().phase() == ContainerPhase.EXITED);
    assertThat(exit().code()).isEqualTo(7);
  }

  @Test
  void withoutShimAndRecordNobodyKnows() throws Exception {
    takeUp(ContainerPhase.RUNNING, BOOT);
    await(() -> now().phase() == ContainerPhase.EXITED);
    assertThat(exit().code()).isEqualTo(Exit.UNKNOWN_CODE);
  }

  /** Its process lives, and its socket is not there. */
  @Test
  void aShimThatLivesAndDoesNotAnswerIsAskedUntilItHasGone() throws Exception {
    Process shim = new ProcessBuilder("sleep", "1000").start();
    try {
      takeUp(ContainerPhase.RUNNING, BOOT, ProcessId.of((int) shim.pid()));
      assertThat(now().phase()).isEqualTo(ContainerPhase.UNKNOWN);
      assertThat(node.asked("one")).as("it may run: nothing is ended").isEmpty();
    } finally {
      shim.destroyForcibly().waitFor();
    }
    await(() -> now().phase() == ContainerPhase.EXITED);
    assertThat(exit().code()).isEqualTo(Exit.UNKNOWN_CODE);
  }

  /** As one under SIGSTOP: whoever connects is let in, and hears nothing. */
  @Test
  void nobodyWaitsLongForAShimThatKeepsSilent() throws Exception {
    Process shim = new ProcessBuilder("sleep", "1000").start();
    try (ServerSocketChannel silent = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        SocketPath name = SocketPath.of(socket())) {
      silent.bind(UnixDomainSocketAddress.of(name.path()));
      takeUp(ContainerPhase.RUNNING, BOOT, ProcessId.of((int) shim.pid()));
      assertThat(now().phase()).isEqualTo(ContainerPhase.UNKNOWN);
      assertThat(node.asked("one")).as("it may run: nothing is ended").isEmpty();
    } finally {
      shim.destroyForcibly().waitFor();
    }
    await(() -> now().phase() == ContainerPhase.EXITED);
  }

  @Test
  void aDaemonThatIsToldToStopWaitsForNoShim() throws Exception {
    try (ServerSocketChannel silent = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        SocketPath name = SocketPath.of(socket())) {
      silent.bind(UnixDomainSocketAddress.of(name.path()));
      Thread.currentThread().interrupt();
      takeUp(ContainerPhase.RUNNING, BOOT);
      assertThat(Thread.interrupted()).isTrue();
    }
    await(() -> now().phase() == ContainerPhase.EXITED);
  }

  @Test
  void aStandInIsTakenInAsItIs() {
    node.containerRecovery()
        .takeUpUnreadable(container(ContainerPhase.UNKNOWN, BOOT, Optional.empty()));
    assertThat(node.containers.isUnreadable(CONTAINER)).isTrue();
  }
}
