package io.jcri.it.faults;

import io.jcri.cri.v1.ContainerState;
import io.jcri.cri.v1.ContainerStatus;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was seen of one container.
 *
 * @param id its id
 * @param program what it runs
 * @param log its log file
 * @param lines what the log had of stdout when it had ended
 * @param ended its status when it had ended; null when nobody waited for that
 */
record ContainerCourse(
    String id, Program program, Path log, List<String> lines, @Nullable ContainerStatus ended) {

  /**
   * What was lost of it; null when nothing was.
   *
   * @param harmed whether something was done to it or its shim, for which a loss is excused that
   *     the status tells of
   * @param killed whether somebody else has killed it
   */
  @Nullable String loss(boolean harmed, boolean killed) {
    if (ended == null) {
      return null;
    }
    ContainerStatus status = ended;
    boolean known = status.getState() == ContainerState.CONTAINER_EXITED;
    if (harmed) {
      boolean told = known || status.getState() == ContainerState.CONTAINER_UNKNOWN;
      if (!told || (status.getExitCode() != program.exitCode() && status.getMessage().isEmpty())) {
        return "was harmed, and its status does not say so: " + brief(status);
      }
      return null;
    }
    if (killed && known && status.getExitCode() == 137 && status.getReason().equals("Error")) {
      return program.wrongIn(lines, false);
    }
    if (!known
        || status.getExitCode() != program.exitCode()
        || !status.getReason().equals(program.reason())) {
      return "should have ended with %d (%s), and is said to have: %s"
          .formatted(program.exitCode(), program.reason(), brief(status));
    }
    if (status.getFinishedAt() < status.getStartedAt() || status.getStartedAt() == 0) {
      return "has wrong times: " + brief(status);
    }
    return program.wrongIn(lines, program.end() != Program.End.OUT_OF_MEMORY);
  }

  private static String brief(ContainerStatus status) {
    return "%s, code %d, reason '%s', message '%s', started %d, finished %d"
        .formatted(
            status.getState(),
            status.getExitCode(),
            status.getReason(),
            status.getMessage(),
            status.getStartedAt(),
            status.getFinishedAt());
  }
}
