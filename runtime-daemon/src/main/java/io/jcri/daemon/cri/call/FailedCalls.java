package io.jcri.daemon.cri.call;

import io.grpc.Status;
import io.jcri.daemon.core.Faults;
import io.jcri.shim.ShimException;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * How the log tells of a call that failed. The caller has the answer and logs it itself, so here
 * counts whom it concerns: what a user did wrong is one line; what repeats all day on a healthy
 * node, failing probes and questions about what was just removed, is none at the usual level; and a
 * stack comes with bugs of ours only.
 */
public final class FailedCalls {
  private static final Logger log = LoggerFactory.getLogger(FailedCalls.class);

  /** They name something that must be there; of others' NOT_FOUND is a usual answer. */
  private static final Set<String> NEED_WHAT_THEY_NAME =
      Set.of("RunPodSandbox", "CreateContainer", "StartContainer", "PullImage");

  /** What OCI runtimes say of a command that its image lacks, or that can't be executed. */
  private static final Pattern BAD_COMMAND =
      Pattern.compile(
          "executable file .*not found|no such file or directory|permission denied|exec format error"
              + "|is a directory|not a directory|unable to find user|no such user");

  private static final String PROBE = "ExecSync";

  private FailedCalls() {}

  /**
   * Notes the end of a call.
   *
   * @param method as CRI names it
   */
  public static void report(String method, @Nullable Object request, Status status, Throwable e) {
    Level level = level(method, status, e);
    if (!log.isEnabledForLevel(level)) {
      return;
    }
    String said = String.valueOf(status.getDescription());
    String subject = Subjects.of(request);
    String what = subject.isEmpty() || mentions(said, subject) ? method : method + " of " + subject;
    if (level == Level.ERROR && Faults.isBug(e)) {
      log.error("{} failed, {}: {}", what, status.getCode(), said, e);
    } else {
      log.atLevel(level).log("{} failed, {}: {}", what, status.getCode(), said);
    }
  }

  private static boolean mentions(String said, String subject) {
    return said.contains(subject.substring(subject.lastIndexOf(' ') + 1));
  }

  static Level level(String method, Status status, Throwable e) {
    boolean probe = method.equals(PROBE);
    return switch (status.getCode()) {
      case OK, CANCELLED -> Level.DEBUG;
      case NOT_FOUND -> NEED_WHAT_THEY_NAME.contains(method) ? Level.INFO : Level.DEBUG;
      case INVALID_ARGUMENT,
          ALREADY_EXISTS,
          FAILED_PRECONDITION,
          UNIMPLEMENTED,
          OUT_OF_RANGE,
          UNAUTHENTICATED,
          PERMISSION_DENIED ->
          probe ? Level.DEBUG : Level.INFO;
      case DEADLINE_EXCEEDED -> probe ? Level.DEBUG : Level.WARN;
      case UNAVAILABLE, RESOURCE_EXHAUSTED, ABORTED, UNKNOWN -> Level.WARN;
      case INTERNAL, DATA_LOSS -> {
        @Nullable ShimException refusal = refusal(e);
        yield refusal == null
            ? Level.ERROR
            : probe ? Level.DEBUG : badCommand(refusal) ? Level.INFO : Level.WARN;
      }
    };
  }

  /** What an OCI runtime would not do; it has said all there is. */
  private static @Nullable ShimException refusal(Throwable failure) {
    for (@Nullable Throwable at = failure; at != null; at = at.getCause()) {
      if (at instanceof ShimException e && e.kind() == ShimException.Kind.REFUSED) {
        return e;
      }
    }
    return null;
  }

  private static boolean badCommand(ShimException refusal) {
    String said = String.valueOf(refusal.getMessage()).toLowerCase(Locale.ROOT);
    return BAD_COMMAND.matcher(said).find();
  }
}
