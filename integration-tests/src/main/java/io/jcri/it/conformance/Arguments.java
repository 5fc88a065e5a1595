package io.jcri.it.conformance;

import io.jcri.it.kit.HandlerUnderTest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * What the conformance run was asked for.
 *
 * @param containerd the folder with containerd's programs, when it is to be tested instead of jcri
 * @param runc the runc to use, instead of the one that the kit builds
 * @param handler the handler of the pods, when it is not the runtime's default
 * @param report where the JUnit report goes
 * @param critest passed on to critest as they are
 * @param again whether the streaming specs are run once more, over WebSockets
 */
record Arguments(
    Optional<Path> containerd,
    Optional<Path> runc,
    Optional<String> handler,
    Path report,
    List<String> critest,
    boolean again) {
  /** Makes critest's clients of exec, attach and port-forward speak WebSocket instead of SPDY. */
  private static final List<String> WEBSOCKET =
      List.of("--websocket-exec", "--websocket-attach", "--websocket-portforward");

  private static final String STREAMING = "--ginkgo.focus=Streaming runtime should support";

  static final String USAGE =
      """
      usage: conformance [--containerd FOLDER] [--handler NAME] [--runc FILE] [--report FILE]
                         [--websocket] [--parallel N] [--focus REGEX]... [--skip REGEX]...

      --containerd  tests the containerd of that folder instead of the jcri built here
      --handler     what the pods run with: runc (otherwise the default), crun, runsc, or by
                    shims of containerd's kind runsc-shim, runc-shim and runc-sandbox
      --runc        the runc to use; by default one that is built for it, since the machine's own may
                    have no id-mapped mounts and many specs would be left out
      --report      where the JUnit report goes; by default below integration-tests/target
      --websocket   streams over WebSockets instead of SPDY; without this, --focus and --skip the
                    streaming specs run a second time, with it
      --parallel    runs N specs at a time
      --focus       runs only the specs whose name matches
      --skip        leaves out the specs whose name matches
      """;

  /**
   * @param defaultReport where the report goes unless there is --report
   * @throws IllegalArgumentException saying what is wrong with them
   */
  static Arguments parse(Path defaultReport, String... arguments) {
    Optional<Path> containerd = Optional.empty();
    Optional<Path> runc = Optional.empty();
    Optional<String> handler = Optional.empty();
    Path report = defaultReport;
    List<String> critest = new ArrayList<>();
    boolean websocket = false;
    int parallel = 1;
    Iterator<String> rest = List.of(arguments).iterator();
    while (rest.hasNext()) {
      String option = rest.next();
      switch (option) {
        case "--websocket" -> websocket = true;
        case "--containerd" -> containerd = Optional.of(Path.of(value(option, rest)));
        case "--runc" -> runc = Optional.of(Path.of(value(option, rest)).toAbsolutePath());
        case "--handler" -> handler = Optional.of(handler(value(option, rest)));
        case "--report" -> report = Path.of(value(option, rest)).toAbsolutePath();
        case "--parallel" -> parallel = number(option, value(option, rest));
        case "--focus" -> critest.add("--ginkgo.focus=" + value(option, rest));
        case "--skip" -> critest.add("--ginkgo.skip=" + value(option, rest));
        default -> throw new IllegalArgumentException("no such option: " + option);
      }
    }
    boolean again = critest.isEmpty() && !websocket;
    if (websocket) {
      critest.addAll(WEBSOCKET);
    }
    if (parallel > 1) {
      critest.add("--parallel=" + parallel);
    }
    handler.ifPresent(name -> critest.add("--runtime-handler=" + name));
    return new Arguments(
        containerd.map(Path::toAbsolutePath), runc, handler, report, critest, again);
  }

  /** What critest is given for its second run. */
  List<String> secondRun() {
    List<String> second = new ArrayList<>(critest);
    second.add(STREAMING);
    second.addAll(WEBSOCKET);
    return second;
  }

  /** Where the second run's report goes. */
  Path secondReport() {
    return report.resolveSibling("websocket-" + report.getFileName());
  }

  private static String handler(String name) {
    if (!HandlerUnderTest.NAMES.contains(name)) {
      throw new IllegalArgumentException(
          "no handler %s: there are %s".formatted(name, HandlerUnderTest.NAMES));
    }
    return name;
  }

  private static int number(String option, String value) {
    if (!value.matches("[1-9][0-9]?")) {
      throw new IllegalArgumentException("no number for " + option + ": " + value);
    }
    return Integer.parseInt(value);
  }

  private static String value(String option, Iterator<String> rest) {
    if (!rest.hasNext()) {
      throw new IllegalArgumentException("no value for " + option);
    }
    return rest.next();
  }
}
