package io.jcri.daemon.cli.pod;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.daemon.admin.NodeMessages.Usage;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TopTest {
  private static Usage usage(String id, long at, long cpu) {
    return new Usage(id, at, cpu, 2_000_000, Optional.of(8_000_000L), 3);
  }

  private static List<String> lines(TopOrder order, int width) {
    return Top.lines(
        List.of(
            NamesTest.container("1", "web", "idle", "running"),
            NamesTest.container("2", "web", "busy", "running"),
            NamesTest.container("3", "web", "new", "running"),
            NamesTest.container("4", "web", "inside", "running"),
            NamesTest.container("5", "web", "ended", "exited")),
        List.of(usage("1", 0, 500), usage("2", 0, 100)),
        List.of(
            usage("1", 1000, 500),
            usage("2", 1000, 1600),
            new Usage("3", 1000, 7, 3_000_000, Optional.empty(), 1)),
        order,
        width);
  }

  @Test
  void whoUsesMostComesFirst() {
    assertThat(lines(TopOrder.cpu, Top.ANY_WIDTH))
        .containsExactly(
            "POD          CONTAINER  ID  CPU %  MEMORY   LIMIT    PIDS  RESTARTS",
            "default/web  busy       2   150.0  2.00 MB  8.00 MB  3     0",
            "default/web  idle       1   0.0    2.00 MB  8.00 MB  3     0",
            "default/web  inside     4   -      -        -        -     0",
            "default/web  new        3   -      3.00 MB  -        1     0");
  }

  @Test
  void anotherOrderMayBeAskedFor() {
    assertThat(lines(TopOrder.memory, Top.ANY_WIDTH).stream().map(line -> line.split(" +", -1)[1]))
        .containsExactly("CONTAINER", "new", "busy", "idle", "inside");
    assertThat(lines(TopOrder.name, Top.ANY_WIDTH).stream().map(line -> line.split(" +", -1)[1]))
        .containsExactly("CONTAINER", "busy", "idle", "inside", "new");
    assertThat(TopOrder.of('m')).hasValue(TopOrder.memory);
    assertThat(TopOrder.of('x')).isEmpty();
  }

  @Test
  void whatMattersLeastGoesWhereThereIsNoRoom() {
    assertThat(lines(TopOrder.cpu, 66).getFirst())
        .isEqualTo("POD          CONTAINER  CPU %  MEMORY   LIMIT    PIDS  RESTARTS");
    assertThat(lines(TopOrder.cpu, 54).getFirst())
        .isEqualTo("POD          CONTAINER  CPU %  MEMORY   LIMIT    PIDS");
    assertThat(lines(TopOrder.cpu, 37).subList(0, 2))
        .containsExactly(
            "POD         CONTAINER  CPU %  MEMORY", "default/w…  busy       150.0  2.00 MB");
    assertThat(lines(TopOrder.cpu, 20)).allMatch(line -> line.length() <= 20);
  }
}
