package io.jcri.sandbox;

import io.jcri.sandbox.linux.ProcessId;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The one line that {@code jcri-sandbox} prints. */
sealed interface HelperAnswer {
  /** It is up. */
  record Up(ProcessId pause) implements HelperAnswer {}

  /**
   * It is not, and nothing is left of it.
   *
   * @param stage where it failed, see native/src/main.c
   */
  record Failed(String stage, String message) implements HelperAnswer {
    SandboxException.Kind kind() {
      return switch (stage) {
        case "request", "sysctl", "idmap", "hostname" -> SandboxException.Kind.INVALID;
        default -> SandboxException.Kind.FAILED;
      };
    }
  }

  /** None: it was killed or could not run, and may have left something. */
  record Nonsense(String output) implements HelperAnswer {}

  Pattern UP = Pattern.compile("ok ([0-9]{1,9}) ([0-9]{1,18})");
  Pattern FAILED = Pattern.compile("error ([a-z]+): (.*)");

  static HelperAnswer parse(String output) {
    String line = output.strip();
    Matcher up = UP.matcher(line);
    if (up.matches()) {
      return new Up(new ProcessId(Integer.parseInt(up.group(1)), Long.parseLong(up.group(2))));
    }
    Matcher failed = FAILED.matcher(line);
    return failed.matches() ? new Failed(failed.group(1), failed.group(2)) : new Nonsense(line);
  }
}
