package io.jcri.it.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.it.kit.HandlerUnderTest;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ArgumentsTest {
  private static final Path REPORT = Path.of("/tmp/report.xml");

  @Test
  void testsOursUnlessToldOtherwise() {
    Arguments arguments = Arguments.parse(REPORT);

    assertThat(arguments.containerd()).isEmpty();
    assertThat(arguments.runc()).isEmpty();
    assertThat(arguments.report()).isEqualTo(REPORT);
    assertThat(arguments.critest()).isEmpty();
  }

  @Test
  void streamsOverBothProtocolsUnlessToldOtherwise() {
    Arguments all = Arguments.parse(REPORT);
    assertThat(all.again()).isTrue();
    assertThat(all.secondRun())
        .contains("--websocket-exec", "--websocket-attach", "--websocket-portforward");
    assertThat(all.secondReport()).isEqualTo(Path.of("/tmp/websocket-report.xml"));

    assertThat(Arguments.parse(REPORT, "--focus", "x").again()).isFalse();
    Arguments websocket = Arguments.parse(REPORT, "--websocket");
    assertThat(websocket.again()).isFalse();
    assertThat(websocket.critest()).contains("--websocket-exec");
  }

  @Test
  void passesFocusAndSkipOn() {
    Arguments arguments =
        Arguments.parse(
            REPORT, "--focus", "a b", "--containerd", "/opt", "--skip", "c", "--skip", "d");

    assertThat(arguments.containerd()).isEqualTo(Optional.of(Path.of("/opt")));
    assertThat(arguments.critest())
        .containsExactly("--ginkgo.focus=a b", "--ginkgo.skip=c", "--ginkgo.skip=d");
  }

  @Test
  void runsAsManyAtATimeAsToldTo() {
    assertThat(Arguments.parse(REPORT, "--parallel", "4").critest())
        .containsExactly("--parallel=4");
    assertThatThrownBy(() -> Arguments.parse(REPORT, "--parallel", "many"))
        .hasMessage("no number for --parallel: many");
  }

  @Test
  void takesTheRuncThatIsNamed() {
    assertThat(Arguments.parse(REPORT, "--runc", "/opt/runc").runc())
        .contains(Path.of("/opt/runc"));
  }

  @Test
  void theHandlerIsToldToCritestInBothRuns() {
    Arguments arguments = Arguments.parse(REPORT, "--handler", "crun");
    assertThat(arguments.handler()).contains("crun");
    assertThat(arguments.critest()).containsExactly("--runtime-handler=crun");
    assertThat(arguments.again()).isTrue();
    assertThat(arguments.secondRun()).contains("--runtime-handler=crun");
    assertThatThrownBy(() -> Arguments.parse(REPORT, "--handler", "kata"))
        .hasMessage("no handler kata: there are " + HandlerUnderTest.NAMES);
  }

  @Test
  void namesWhatItDoesNotKnow() {
    assertThatThrownBy(() -> Arguments.parse(REPORT, "--fokus", "x"))
        .hasMessage("no such option: --fokus");
    assertThatThrownBy(() -> Arguments.parse(REPORT, "--focus")).hasMessage("no value for --focus");
  }
}
