package io.jcri.daemon.stats;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.daemon.config.ConfigFile;
import io.jcri.daemon.core.Layout;
import io.jcri.daemon.node.MadeUpNode;
import io.jcri.daemon.runtime.Handler;
import io.jcri.daemon.runtime.Handlers;
import io.jcri.daemon.system.Clock;
import io.jcri.oci.runtime.RuntimeStats;
import io.jcri.sandbox.cgroup.CgroupDriver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is asked of OCI runtimes, of which some hang and some fail. */
class RuntimeFiguresTest {
  private static final Duration LONG = Duration.ofMinutes(5);

  @TempDir private Path root;
  private Handler handler;
  private final AtomicLong nanoTime = new AtomicLong();

  @BeforeEach
  void install() throws IOException {
    Path program = root.resolve("runtime");
    Files.writeString(
        program,
        """
        #!/bin/sh
        for id; do :; done
        case $* in *events*) echo "$id" >> ROOT/asked ;; esac
        case $id in
          hung*) while [ -e ROOT/asked ] && [ ! -e ROOT/go ]; do sleep 0.1; done ;;
          gone) echo 'container does not exist' >&2; exit 1 ;;
          odd) echo '{"type":"stats"}'; exit 0 ;;
        esac
        echo '{"type":"stats","data":{"cpu":{"usage":{"total":5}},"memory":{"usage":{"usage":7}}}}'
        """
            .replace("ROOT", root.toString()));
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    handler =
        Handlers.find(
                ConfigFile.parse(
                    "[handlers.x]\nbinary = \"%s\"\nsandbox = \"container\"\n".formatted(program),
                    "test"),
                new Layout(root, root),
                MadeUpNode.with(CgroupDriver.CGROUPFS),
                root.resolve("no-adapter"))
            .require("x");
  }

  private RuntimeFigures figures(Duration patience, Duration patienceForAll) {
    return new RuntimeFigures(Clock.system(), nanoTime::get, _ -> true, patience, patienceForAll);
  }

  private Map<String, Handler> all(Stream<String> ids) {
    Map<String, Handler> all = new LinkedHashMap<>();
    ids.forEach(id -> all.put(id, handler));
    return all;
  }

  private Map<String, Handler> all(String... ids) {
    return all(Stream.of(ids));
  }

  private long asked(String id) throws IOException {
    return allAsked().stream().filter(id::equals).count();
  }

  private List<String> allAsked() throws IOException {
    Path file = root.resolve("asked");
    return Files.exists(file) ? Files.readAllLines(file) : List.of();
  }

  @Test
  void manyAreAskedAndEachIsTold() {
    List<String> ids = IntStream.range(0, 20).mapToObj(i -> "c" + i).toList();
    Map<String, RuntimeFigures.Told> told = figures(LONG, LONG).of(all(ids.stream()));
    assertThat(told).containsOnlyKeys(ids);
    assertThat(told)
        .extractingByKey("c7")
        .extracting(RuntimeFigures.Told::stats)
        .isEqualTo(new RuntimeStats(5, 7, 0, OptionalLong.empty(), 0));
  }

  @Test
  void whatIsNotToldIsLeftOutAndAskedAgain() throws IOException {
    RuntimeFigures figures = figures(LONG, LONG);
    assertThat(figures.of(all("gone", "odd", "c"))).containsOnlyKeys("c");
    assertThat(figures.of(all("gone", "odd", "c"))).containsOnlyKeys("c");
    assertThat(asked("gone")).isEqualTo(2);
    assertThat(asked("odd")).isEqualTo(2);
  }

  @Test
  void oneThatHangsKeepsNobodyAndIsLeftAloneForAWhile() throws IOException {
    RuntimeFigures figures = figures(Duration.ofSeconds(5), LONG);
    assertThat(figures.of(all("hung", "c"))).containsOnlyKeys("c");
    Files.createFile(root.resolve("go"));
    assertThat(figures.of(all("hung", "c"))).containsOnlyKeys("c");
    assertThat(asked("hung")).isEqualTo(1);
    nanoTime.set(Duration.ofMinutes(1).toNanos());
    assertThat(figures.of(all("hung", "c"))).containsOnlyKeys("hung", "c");
  }

  @Test
  void noMoreThanAFewAreAskedAtATimeAndNobodyWaitsForAll() throws Exception {
    List<String> hung = IntStream.range(0, 30).mapToObj(i -> "hung" + i).toList();
    assertThat(figures(LONG, Duration.ofSeconds(1)).of(all(hung.stream()))).isEmpty();
    awaitAsked(8);
    assertThat(allAsked()).hasSize(8);
    Files.createFile(root.resolve("go"));
    awaitAsked(30);
  }

  private void awaitAsked(int count) throws Exception {
    while (allAsked().size() < count) {
      Thread.sleep(10);
    }
  }

  @Test
  void whoHasNoRuntimeHasNoFigures() throws IOException {
    Files.delete(root.resolve("runtime"));
    assertThat(figures(LONG, LONG).of(all("c"))).isEmpty();
  }
}
