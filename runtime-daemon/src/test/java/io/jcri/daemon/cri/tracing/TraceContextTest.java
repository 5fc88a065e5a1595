package io.jcri.daemon.cri.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** W3C's header, and which traces are recorded. */
class TraceContextTest {
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String SPAN = "00f067aa0ba902b7";

  private static Optional<TraceContext> of(String flags) {
    return TraceContext.parse("00-" + TRACE + "-" + SPAN + "-" + flags, "vendor=1");
  }

  @Test
  void aCallersHeaderIsReadAndContinued() {
    TraceContext caller = of("01").orElseThrow();
    assertThat(caller).isEqualTo(new TraceContext(TRACE, SPAN, 1, "vendor=1"));
    TraceContext child = caller.child();
    assertThat(child.traceId()).isEqualTo(TRACE);
    assertThat(child.spanId()).matches("[0-9a-f]{16}").isNotEqualTo(SPAN);
    assertThat(child.state()).isEqualTo("vendor=1");
  }

  @Test
  void aLaterVersionMayHaveMore() {
    String later = "01-" + TRACE + "-" + SPAN + "-01-more";
    assertThat(TraceContext.parse(later, "")).isPresent();
    assertThat(TraceContext.parse(later.replace("-more", "more"), "")).isEmpty();
  }

  @Test
  void aStateThatIsTooLongIsLeftOut() {
    String parent = "00-" + TRACE + "-" + SPAN + "-01";
    assertThat(TraceContext.parse(parent, "a=" + "b".repeat(511)))
        .map(TraceContext::state)
        .contains("");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "00",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
        "00_4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7_01",
        "00-4bf92f3577b34da6a3ce929d0e0e473-600f067aa0ba902b7-01",
        "0x-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0y"
      })
  void whatIsNoHeaderIsNone(String text) {
    assertThat(TraceContext.parse(text, "")).isEmpty();
  }

  @Test
  void theParentDecidesWhereItIsToAndTheRatioElse() {
    Sampler parents = Sampler.of("parentbased_always_off", 1).orElseThrow();
    assertThat(parents.place(of("01"))).map(TraceContext::traceId).contains(TRACE);
    assertThat(parents.place(of("00"))).isEmpty();
    assertThat(parents.place(Optional.empty())).isEmpty();

    Sampler all = Sampler.of("always_on", 1).orElseThrow();
    assertThat(all.place(of("00"))).map(TraceContext::sampled).contains(true);
    assertThat(Sampler.of("always_off", 1).orElseThrow().place(of("01"))).isEmpty();
    assertThat(Sampler.USUAL.place(Optional.empty())).map(TraceContext::sampled).contains(true);
    assertThat(Sampler.of("jaeger_remote", 1)).isEmpty();
  }

  @Test
  void aRatioTakesAboutThatManyAndTheSameForTheSameTrace() {
    Sampler half = Sampler.of("traceidratio", 0.5).orElseThrow();
    long taken =
        IntStream.range(0, 2000).filter(_ -> half.place(Optional.empty()).isPresent()).count();
    assertThat(taken).isBetween(800L, 1200L); // nine standard deviations
    Optional<TraceContext> low =
        TraceContext.parse("00-" + "4".repeat(16) + "0".repeat(15) + "1-" + SPAN + "-00", "");
    assertThat(low).isPresent();
    assertThat(half.place(low)).isPresent();
    assertThat(Sampler.of("traceidratio", 0).orElseThrow().place(low)).isEmpty();
  }
}
