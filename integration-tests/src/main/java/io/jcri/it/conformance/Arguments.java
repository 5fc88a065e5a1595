package io.jcri.it.conformance;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * What the conformance run was asked for.
 *
 * @param containerd the folder with containerd's programs, when it is to be tested instead of jcri
 * @param runc the runc that jcri is to use, instead of the one that the kit builds
 * @param report where the JUnit report goes
 * @param critest passed on to critest as they are
 */
record Arguments(
    Optional<Path> containerd, Optional<Path> runc, Path report, List<String> critest) {
  static final String USAGE =
      """
      usage: conformance [--containerd FOLDER] [--runc FILE] [--report FILE] [--all] [--focus REGEX]... [--skip REGEX]...

      --containerd  tests the containerd of that folder instead of the jcri built here
      --runc        the runc to use; by default one that is built for it, since the machine's own may
                    have no id-mapped mounts and many specs would be left out
      --report      where the JUnit report goes; by default below integration-tests/target
      --all         runs what integration-tests/conformance-skips.txt leaves out, too
      --focus       runs only the specs whose name matches
      --skip        leaves out the specs whose name matches
      """;

  /**
   * @param defaultSkips left out unless there is --all
   * @throws IllegalArgumentException saying what is wrong with them
   */
  static Arguments parse(Path defaultReport, List<String> defaultSkips, String... arguments) {
    Optional<Path> containerd = Optional.empty();
    Optional<Path> runc = Optional.empty();
    Path report = defaultReport;
    List<String> skips = defaultSkips;
    List<String> critest = new ArrayList<>();
    Iterator<String> rest = List.of(arguments).iterator();
    while (rest.hasNext()) {
      String option = rest.next();
      switch (option) {
        case "--all" -> skips = List.of();
        case "--containerd" -> containerd = Optional.of(Path.of(value(option, rest)));
        case "--runc" -> runc = Optional.of(Path.of(value(option, rest)).toAbsolutePath());
        case "--report" -> report = Path.of(value(option, rest)).toAbsolutePath();
        case "--focus" -> critest.add("--ginkgo.focus=" + value(option, rest));
        case "--skip" -> critest.add("--ginkgo.skip=" + value(option, rest));
        default -> throw new IllegalArgumentException("no such option: " + option);
      }
    }
    skips.forEach(skip -> critest.add("--ginkgo.skip=" + skip));
    return new Arguments(containerd.map(Path::toAbsolutePath), runc, report, critest);
  }

  private static String value(String option, Iterator<String> rest) {
    if (!rest.hasNext()) {
      throw new IllegalArgumentException("no value for " + option);
    }
    return rest.next();
  }
}
