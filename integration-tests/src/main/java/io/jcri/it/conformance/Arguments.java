package io.jcri.it.conformance;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the conformance run was asked for.
 *
 * @param containerd the folder with containerd's programs, when it is to be tested instead of jcri
 * @param report where the JUnit report goes
 * @param critest passed on to critest as they are
 */
record Arguments(Optional<Path> containerd, Path report, List<String> critest) {
  static final String USAGE =
      """
      usage: conformance [--containerd FOLDER] [--report FILE] [--focus REGEX]... [--skip REGEX]...

      --containerd  tests the containerd of that folder instead of the jcri built here
      --report      where the JUnit report goes; by default below integration-tests/target
      --focus       runs only the specs whose name matches
      --skip        leaves out the specs whose name matches
      """;

  /**
   * @throws IllegalArgumentException saying what is wrong with them
   */
  static Arguments parse(Path defaultReport, String... arguments) {
    Optional<Path> containerd = Optional.empty();
    Path report = defaultReport;
    List<String> critest = new ArrayList<>();
    for (int i = 0; i < arguments.length; i += 2) {
      if (i + 1 == arguments.length) {
        throw new IllegalArgumentException("no value for " + arguments[i]);
      }
      String value = arguments[i + 1];
      switch (arguments[i]) {
        case "--containerd" -> containerd = Optional.of(Path.of(value).toAbsolutePath());
        case "--report" -> report = Path.of(value).toAbsolutePath();
        case "--focus" -> critest.add("--ginkgo.focus=" + value);
        case "--skip" -> critest.add("--ginkgo.skip=" + value);
        default -> throw new IllegalArgumentException("no such option: " + arguments[i]);
      }
    }
    return new Arguments(containerd, report, critest);
  }
}
