package io.jcri.daemon.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.daemon.config.DaemonConfig;
import io.jcri.daemon.config.HandlerRules;
import io.jcri.daemon.config.PodSandbox;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PassedAnnotationsTest {
  private static final Map<String, String> POD = Map.of("a.one", "1", "b.two", "2", "c", "pod");
  private static final Map<String, String> CONTAINER = Map.of("a.three", "3", "c", "container");

  @Test
  void nothingIsPassedUnasked() {
    assertThat(passed(List.of(), List.of())).isEmpty();
  }

  @Test
  void eachListIsForItsOwnAnnotations() {
    assertThat(passed(List.of("a.*"), List.of())).isEqualTo(Map.of("a.one", "1"));
    assertThat(passed(List.of(), List.of("a.*"))).isEqualTo(Map.of("a.three", "3"));
    assertThat(passed(List.of("b.two", "a.*"), List.of("a.?hree")))
        .isEqualTo(Map.of("a.one", "1", "b.two", "2", "a.three", "3"));
  }

  @Test
  void theContainersOwnCounts() {
    assertThat(passed(List.of("c"), List.of("c"))).isEqualTo(Map.of("c", "container"));
  }

  @Test
  void theHandlersOwnCountWhereNothingOfThePodsIsLetThrough() {
    HandlerRules rules =
        new HandlerRules(
            List.of(), Map.of("a.one", "default", "x", "y"), 0, Duration.ofSeconds(1), false);
    DaemonConfig.Handler handler =
        new DaemonConfig.Handler(
            "x",
            false,
            Optional.empty(),
            List.of(),
            PodSandbox.PAUSE,
            List.of("a.*"),
            List.of(),
            rules);
    assertThat(PassedAnnotations.of(handler).of(POD, CONTAINER))
        .isEqualTo(Map.of("a.one", "1", "x", "y"));
    assertThat(PassedAnnotations.of(handler).of(Map.of("x", "forged"), CONTAINER))
        .isEqualTo(Map.of("a.one", "default", "x", "y"));
  }

  private static Map<String, String> passed(List<String> pod, List<String> container) {
    return PassedAnnotations.of(
            new DaemonConfig.Handler(
                "x",
                false,
                Optional.empty(),
                List.of(),
                PodSandbox.PAUSE,
                pod,
                container,
                HandlerRules.NONE))
        .of(POD, CONTAINER);
  }
}
