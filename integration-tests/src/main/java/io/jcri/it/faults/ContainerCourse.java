package io.jcri.it.faults;

import io.jcri.cri.v1.ContainerState;
import io.jcri.cri.v1.ContainerStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What was seen of one container.
 *
 * @param id its id
 * @param program what it runs
 * @param log its log file
 * @param lines what the log had of stdout when it had ended
 * @param dropped how many bytes of its output the log or the status says were dropped
 * @param ended its status when it had ended; null when nobody waited for that
 */
record ContainerCourse(
    String id,
    Program program,
    Path log,
    List<String> lines,
    long dropped,
    @Nullable ContainerStatus ended) {
  private static final Pattern DROPPED =
      Pattern.compile(" stderr F \\[jcri: (\\d+) bytes dropped]");

  private static final Pattern UNTOLD = Pattern.compile("(\\d+) bytes of output were dropped");

  /** What the status of a container says that the daemon does not know. */
  static final String NO_SUCH = "there is no such container";

  /** With what its log has now. */
  static ContainerCourse of(String id, Program program, Path log, @Nullable ContainerStatus ended)
      throws IOException {
    long untold = ended == null ? 0 : untold(ended);
    return new ContainerCourse(id, program, log, lines(log), dropped(log) + untold, ended);
  }

  /** The status of a container that the daemon does not know. */
  static ContainerStatus unknown(String id) {
    return ContainerStatus.newBuilder()
        .setId(id)
        .setState(ContainerState.CONTAINER_UNKNOWN)
        .setMessage(NO_SUCH)
        .build();
  }

  /**
   * What a log has of stdout, pieces of which are not made of such short lines, and where it says
   * that a shim has died and lines may be missing.
   */
  static List<String> lines(Path log) throws IOException {
    if (Files.notExists(log)) {
      return List.of();
    }
    return Files.readAllLines(log).stream()
        .filter(line -> line.contains(" stdout F ") || line.contains(Program.BREAK))
        .map(line -> line.contains(Program.BREAK) ? Program.BREAK : line.split(" ", 4)[3])
        .toList();
  }

  /** What the log could not tell itself. */
  private static long untold(ContainerStatus ended) {
    Matcher matcher = UNTOLD.matcher(ended.getMessage());
    return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
  }

  private static long dropped(Path log) throws IOException {
    if (Files.notExists(log)) {
      return 0;
    }
    return Files.readAllLines(log).stream()
        .map(DROPPED::matcher)
        .filter(Matcher::find)
        .mapToLong(found -> Long.parseLong(found.group(1)))
        .sum();
  }

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
      boolean unharmed = known && status.getMessage().isEmpty();
      return unharmed ? program.wrongIn(lines, false, dropped) : null;
    }
    if (killed && known && status.getExitCode() == 137 && status.getReason().equals("Error")) {
      return program.wrongIn(lines, false, dropped);
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
    return program.wrongIn(lines, program.end() != Program.End.OUT_OF_MEMORY, dropped);
  }

  /** Whether something of it was lost, and its status says so. */
  boolean isStatedLoss() {
    return ended != null && ended.getExitCode() != program.exitCode();
  }

  static String brief(ContainerStatus status) {
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
