package io.jcri.daemon.check;

import java.util.Optional;

/**
 * One thing that was looked at.
 *
 * @param name such as {@code kernel.overlay}: scripts go by it
 * @param seen what there is, for people
 * @param remedy what to do about it, for warnings and failures
 */
public record Finding(String name, Verdict verdict, String seen, Optional<String> remedy) {
  static Finding ok(String name, String seen) {
    return new Finding(name, Verdict.OK, seen, Optional.empty());
  }

  static Finding warn(String name, String seen, String remedy) {
    return new Finding(name, Verdict.WARN, seen, Optional.of(remedy));
  }

  static Finding fail(String name, String seen, String remedy) {
    return new Finding(name, Verdict.FAIL, seen, Optional.of(remedy));
  }

  static Finding skipped(String name, String why) {
    return new Finding(name, Verdict.SKIPPED, why, Optional.empty());
  }
}
