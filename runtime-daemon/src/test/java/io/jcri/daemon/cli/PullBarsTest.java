package io.jcri.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.daemon.admin.PullMessages;
import io.jcri.daemon.admin.PullMessages.Layer;
import io.jcri.daemon.admin.PullMessages.Progress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What {@code jcri pull} and {@code jcri pulls} print. */
class PullBarsTest {
  private static final String NAME = "docker.io/library/x:1";
  private static final Layer DONE =
      new Layer("sha256:1111111111112222", 1_000_000, 1_000_000, 0, true);
  private static final Layer HALF =
      new Layer("sha256:3333333333334444", 50_000_000, 100_000_000, 2_000_000, false);
  private static final Layer STILL =
      new Layer("sha256:5555555555556666", 0, 7_000_000_000L, 0, false);

  private static Progress of(Layer... layers) {
    return new Progress(NAME, List.of(layers), Optional.empty());
  }

  @Test
  void aTerminalHasABarForEachLayerAndOneForAll() {
    PullBars bars = new PullBars();
    assertThat(bars.next(of())).isEmpty();
    String first = bars.next(of(DONE, HALF, STILL));
    assertThat(first.replace("\r\u001b[K", "").lines())
        .containsExactly(
            "111111111111 [====================]  1.00 MB / 1.00 MB  done",
            "333333333333 [==========>         ]  50.0 MB / 100 MB   2.00 MB/s  ETA 0:25",
            "555555555555 [>                   ]      0 B / 7.00 GB  0 B/s",
            "1 of 3       [>                   ]  51.0 MB / 7.10 GB  2.00 MB/s  ETA 58:45")
        .allMatch(line -> line.length() < 80);
    assertThat(first).doesNotContain("\u001b[4A");
    assertThat(bars.next(of(DONE, HALF, STILL))).startsWith("\u001b[4A\r\u001b[K1111");
    assertThat(bars.next(new Progress(NAME, List.of(DONE), Optional.of("sha256:12"))))
        .endsWith("\r\u001b[Kpulled docker.io/library/x:1 sha256:12\n");
  }

  @Test
  void ofManyLayersThoseAreShownThatAreNotDone() {
    List<Layer> layers = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      layers.add(new Layer("sha256:%012d".formatted(i), i < 90 ? 1 : 0, 1, 0, i < 90));
    }
    String drawn = new PullBars().next(new Progress(NAME, layers, Optional.empty()));
    List<String> lines = drawn.replace("\r\u001b[K", "").lines().toList();
    assertThat(lines).hasSize(17);
    assertThat(lines.subList(6, 16)).noneMatch(line -> line.endsWith("done"));
    assertThat(lines.getLast()).contains("90 of 100");
  }

  @Test
  void elsewhereEachLayerHasALineOnce() {
    PullLines lines = new PullLines();
    assertThat(lines.next(of())).isEmpty();
    assertThat(lines.next(of(DONE, HALF)))
        .containsExactly(
            "pulling docker.io/library/x:1: 2 layers, 101 MB", "layer 111111111111: 1.00 MB");
    assertThat(lines.next(of(DONE, HALF))).isEmpty();
    assertThat(lines.next(new Progress(NAME, List.of(DONE), Optional.of("sha256:12"))))
        .containsExactly("pulled docker.io/library/x:1 sha256:12");
  }

  @Test
  void pullsAreATable() {
    Instant since = Instant.parse("2026-11-29T08:00:00.5Z");
    assertThat(
            PullsCommand.lines(
                List.of(new PullMessages.Row(NAME, "CRI", since, 1, 3, 51_000_000, 99_000_000, 5))))
        .containsExactly(
            "REFERENCE              FOR  LAYERS  BYTES               RATE   SINCE",
            "docker.io/library/x:1  CRI  1/3     51.0 MB of 99.0 MB  5 B/s  2026-11-29T08:00:00Z");
  }
}
