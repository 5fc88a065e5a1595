package io.jcri.it.faults;

import io.jcri.cri.v1.ContainerState;
import io.jcri.cri.v1.ContainerStatus;
import java.util.Set;

/** What became of the exit code of a container, by one rule for every runtime. */
enum Fate {
  /** Its program's code and the right reason. */
  KEPT,
  /** The code, but not that it was for want of memory. */
  REASON_LOST,
  /** The runtime has killed it when its shim had died, and tells that as a kill: 137. */
  KILLED_ALONG,
  /** The code is lost, and the status says so. */
  STATED,
  /** Told as 255, which is what containerd makes of an unknown code, with no word of a loss. */
  AS_255,
  /** Another code, which looks like a true one, or no container of that id at all. */
  SILENT,
  /** Its end was not seen by a client that has given up its pod. */
  UNTOLD;

  private static final int KILLED = 137;
  private static final int UNKNOWN = 255;

  /** Reasons that go with every end; any other one says something. */
  private static final Set<String> USUAL = Set.of("", "Completed", "Error", "OOMKilled");

  /**
   * Of one container.
   *
   * @param harmed whether its shim was killed before it had ended
   */
  static Fate of(ContainerCourse container, boolean harmed) {
    ContainerStatus status = container.ended();
    if (status == null) {
      return UNTOLD;
    }
    if (status.getMessage().equals(ContainerCourse.NO_SUCH)) {
      return SILENT;
    }
    Program program = container.program();
    boolean exited = status.getState() == ContainerState.CONTAINER_EXITED;
    boolean stated =
        !exited || !status.getMessage().isEmpty() || !USUAL.contains(status.getReason());
    if (exited && status.getExitCode() == program.exitCode()) {
      if (status.getReason().equals(program.reason())) {
        return KEPT;
      }
      if (program.end() == Program.End.OUT_OF_MEMORY && !stated) {
        return harmed ? KILLED_ALONG : REASON_LOST;
      }
    }
    if (stated) {
      return STATED;
    }
    if (status.getExitCode() == UNKNOWN) {
      return AS_255;
    }
    boolean cameToItsEnd = container.lines().stream().anyMatch(line -> line.startsWith("end "));
    return harmed && status.getExitCode() == KILLED && !cameToItsEnd ? KILLED_ALONG : SILENT;
  }
}
