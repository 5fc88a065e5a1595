package io.jcri.it.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.cri.v1.ContainerState;
import io.jcri.cri.v1.ContainerStatus;
import io.jcri.it.faults.Program.End;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the exit code of a container is said to have become. */
class FateTest {
  private static final Program COUNTING = new Program(End.BY_ITSELF, 1, 7);
  private static final Program GREEDY = new Program(End.OUT_OF_MEMORY, 1, 7);

  @Test
  void theProgramsCodeWithItsReasonIsKept() {
    assertThat(fate(COUNTING, exited(7, "Error", ""), false)).isEqualTo(Fate.KEPT);
    assertThat(fate(GREEDY, exited(137, "OOMKilled", ""), false)).isEqualTo(Fate.KEPT);
    assertThat(fate(COUNTING, exited(7, "Error", ""), true)).isEqualTo(Fate.KEPT);
  }

  @Test
  void anotherCodeIsSilentUnlessTheStatusSaysSomething() {
    assertThat(fate(COUNTING, exited(137, "Error", ""), false)).isEqualTo(Fate.SILENT);
    assertThat(fate(COUNTING, exited(0, "Completed", ""), true)).isEqualTo(Fate.SILENT);
    assertThat(fate(COUNTING, exited(255, "Unknown", ""), false)).isEqualTo(Fate.STATED);
    assertThat(fate(COUNTING, exited(255, "Error", ""), false)).isEqualTo(Fate.AS_255);
    assertThat(fate(COUNTING, exited(137, "Error", "its shim died"), true)).isEqualTo(Fate.STATED);
    ContainerStatus unknown =
        ContainerStatus.newBuilder().setState(ContainerState.CONTAINER_UNKNOWN).build();
    assertThat(fate(COUNTING, unknown, false)).isEqualTo(Fate.STATED);
  }

  @Test
  void whatDiesWithItsShimIsKilledAlongUnlessItHadEnded() {
    ContainerStatus killed = exited(137, "Error", "");
    assertThat(fate(COUNTING, killed, true)).isEqualTo(Fate.KILLED_ALONG);
    assertThat(fate(COUNTING, killed, true, "line 0", "end 1")).isEqualTo(Fate.SILENT);
    assertThat(fate(GREEDY, killed, true)).isEqualTo(Fate.KILLED_ALONG);
  }

  @Test
  void aWantOfMemoryThatNobodyTellsIsALoss() {
    assertThat(fate(GREEDY, exited(137, "Error", ""), false)).isEqualTo(Fate.REASON_LOST);
  }

  @Test
  void whatNobodyKnowsOfIsNotExcused() {
    assertThat(fate(COUNTING, ContainerCourse.unknown("id"), true)).isEqualTo(Fate.SILENT);
    assertThat(fate(COUNTING, null, true)).isEqualTo(Fate.UNTOLD);
  }

  private static ContainerStatus exited(int code, String reason, String message) {
    return ContainerStatus.newBuilder()
        .setState(ContainerState.CONTAINER_EXITED)
        .setExitCode(code)
        .setReason(reason)
        .setMessage(message)
        .build();
  }

  private static Fate fate(
      Program program, @Nullable ContainerStatus ended, boolean harmed, String... log) {
    return Fate.of(
        new ContainerCourse("id", program, Path.of("log"), List.of(log), 0, ended), harmed);
  }
}
