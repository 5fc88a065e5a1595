package io.jcri.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.sandbox.linux.ProcessCalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PauseKernelTest {
  @TempDir Path root;
  private SandboxFixture fixture;

  @BeforeEach
  void start() throws IOException {
    fixture = new SandboxFixture(root);
  }

  @AfterEach
  void stop() throws IOException {
    fixture.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "pid", "isolated"})
  void hasNoRightsNoFilesAndAnEmptyRoot(String kind) throws Exception {
    SandboxState state = fixture.sandboxes.create(podOf(kind));
    Path proc = Path.of("/proc", Integer.toString(state.pause().pid()));

    assertThat(Files.readString(proc.resolve("comm")).strip()).isEqualTo("jcri-pause");
    assertThat(SandboxFixture.titleOf(state.pause().pid())).startsWith("jcri-pause\0p1\0");
    assertThat(Files.size(proc.resolve("environ"))).isZero();
    assertThat(Files.readString(proc.resolve("environ"))).isEmpty();
    assertThat(countFiles(proc.resolve("root"))).isZero();
    // It closes the last one, on which it was told to go, on its own time.
    await(() -> countFiles(proc.resolve("fd")) == 0);
    assertThat(Files.readString(proc.resolve("status")))
        .containsPattern("CapPrm:\\s+0{16}\n")
        .containsPattern("CapEff:\\s+0{16}\n")
        .containsPattern("NoNewPrivs:\\s+1\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"pid", "isolated"})
  void seesNoMountOfTheNodeThroughASharedPidNamespace(String kind) throws Exception {
    SandboxState state = fixture.sandboxes.create(podOf(kind));
    Path proc = Path.of("/proc", Integer.toString(state.pause().pid()));
    assertThat(Files.readSymbolicLink(proc.resolve("ns/mnt")))
        .isNotEqualTo(Files.readSymbolicLink(Path.of("/proc/self/ns/mnt")));
    assertThat(Files.readString(proc.resolve("mountinfo")).lines()).hasSizeLessThanOrEqualTo(1);
  }

  @Test
  void reapsOrphansAndIgnoresTheContainersSigterm() throws Exception {
    SandboxState state = fixture.sandboxes.create(podOf("isolated"));
    List<String> inside = List.of("--pid=" + state.pidns().orElseThrow());
    Commands.inside(inside, "sh", "-c", "kill -TERM 1; sleep 1000 > /dev/null 2>&1 &");
    List<Integer> orphans = childrenOf(state);
    assertThat(orphans).hasSize(1);

    Commands.run("kill", "-KILL", orphans.getFirst().toString());
    // SIGTERM comes before SIGCHLD in the queue, so a reaped orphan shows that it was let pass.
    await(() -> childrenOf(state).isEmpty());
    assertThat(Files.exists(Path.of("/proc", orphans.getFirst().toString()))).isFalse();
    assertThat(fixture.sandboxes.alive(state)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "pid", "isolated"})
  void endsOnSigtermFromTheNodeAndTellsSo(String kind) throws Exception {
    SandboxState state = fixture.sandboxes.create(podOf(kind));
    CountDownLatch ended = new CountDownLatch(2);
    CountDownLatch never = new CountDownLatch(1);
    fixture.sandboxes.onExit(state, never::countDown).close();
    ExitWatch.Watched first = fixture.sandboxes.onExit(state, ended::countDown);

    assertThat(state.pause().signal(ProcessCalls.SIGTERM)).isTrue();
    await(() -> !fixture.sandboxes.alive(state));
    // The second is told at once, since it is over already.
    ExitWatch.Watched second = fixture.sandboxes.onExit(state, ended::countDown);
    assertThat(ended.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(never.getCount()).isEqualTo(1);
    first.close();
    second.close();
  }

  @Test
  void watchesManyAndStartsAgainAfterTheLast() throws Exception {
    for (int round = 0; round < 3; round++) {
      CountDownLatch ended = new CountDownLatch(4);
      for (int i = 0; i < 4; i++) {
        SandboxState state = fixture.sandboxes.create(fixture.pod("r" + round + "-" + i));
        var _ = fixture.sandboxes.onExit(state, ended::countDown);
        assertThat(state.pause().signal(ProcessCalls.SIGINT)).isTrue();
      }
      assertThat(ended.await(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void manyAreMadeAndTakenDownAtOnce() throws Exception {
    List<SandboxSpec> pods = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      pods.add(i % 2 == 0 ? fixture.pod("many" + i) : fixture.isolatedPod("many" + i));
    }
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<SandboxState>> made =
          pods.stream().map(pod -> threads.submit(() -> fixture.sandboxes.create(pod))).toList();
      Set<Integer> pids = new HashSet<>();
      for (Future<SandboxState> state : made) {
        assertThat(fixture.sandboxes.alive(state.get())).isTrue();
        pids.add(state.get().pause().pid());
      }
      assertThat(pids).hasSize(16);
      List<Future<String>> gone =
          made.stream().map(state -> threads.submit(() -> destroyed(state.get()))).toList();
      for (Future<String> id : gone) {
        fixture.assertNothingLeft(id.get());
      }
    }
  }

  @Test
  void leavesNoDescriptorOpenInTheDaemon() throws Exception {
    Path descriptors = Path.of("/proc/self/fd");
    makeWatchAndDestroy();
    await(() -> !exitWatchRuns());
    long before = countFiles(descriptors);
    for (int i = 0; i < 10; i++) {
      makeWatchAndDestroy();
    }
    // What is closed late, by whoever reaps the helper, is no leak; ten rounds of one would stay.
    await(() -> countFiles(descriptors) <= before);
  }

  private void makeWatchAndDestroy() throws Exception {
    SandboxState state = fixture.sandboxes.create(fixture.isolatedPod("p1"));
    CountDownLatch ended = new CountDownLatch(1);
    var _ = fixture.sandboxes.onExit(state, ended::countDown);
    fixture.destroy(state);
    assertThat(ended.await(30, TimeUnit.SECONDS)).isTrue();
  }

  private static boolean exitWatchRuns() {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().equals("jcri-exit-watch"));
  }

  @Test
  void outlivesWhoeverMadeIt() throws Exception {
    SandboxSpec pod = podOf("plain");
    // The shell is the daemon here: killed with its whole session right after the answer.
    Process daemon =
        new ProcessBuilder(
                "setsid",
                "sh",
                "-c",
                "\"$0\" id=p1 dir=\"$1\" new=net > \"$1/answer\"; kill -KILL 0",
                SandboxFixture.HELPER.toString(),
                pod.directory().toString())
            .start();
    assertThat(daemon.waitFor()).isNotZero();
    SandboxState state = fixture.sandboxes.find("p1", pod.directory()).orElseThrow();
    assertThat(Files.readString(pod.directory().resolve("answer")))
        .isEqualTo("ok %d %d\n".formatted(state.pause().pid(), state.pause().startTime()));
    assertThat(fixture.sandboxes.alive(state)).isTrue();
    Files.delete(pod.directory().resolve("answer"));
  }

  private String destroyed(SandboxState state) throws IOException {
    fixture.destroy(state);
    return state.id();
  }

  private SandboxSpec podOf(String kind) throws IOException {
    return switch (kind) {
      case "pid" -> SandboxFixture.withPid(fixture.pod("p1"));
      case "isolated" -> fixture.isolatedPod("p1");
      default -> fixture.pod("p1");
    };
  }

  private static long countFiles(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.count();
    }
  }

  private static List<Integer> childrenOf(SandboxState state) throws IOException {
    String pid = Integer.toString(state.pause().pid());
    String children = Files.readString(Path.of("/proc", pid, "task", pid, "children")).strip();
    return Stream.of(children.split(" ")).filter(s -> !s.isEmpty()).map(Integer::valueOf).toList();
  }

  /** Something that comes about; the limit only ends a test that has failed. */
  private static void await(Condition condition) throws Exception {
    for (int i = 0; i < 3000 && !condition.holds(); i++) {
      Thread.sleep(10);
    }
    assertThat(condition.holds()).isTrue();
  }

  @FunctionalInterface
  private interface Condition {
    boolean holds() throws Exception;
  }
}
