package io.jcri.it.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jcri.daemon.core.Stages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lines are those of {@link Stages}. */
final class StageLogTest {
  @Test
  void readsWhatWasLoggedSinceTheLastTime(@TempDir Path folder) throws IOException {
    Path log = Files.writeString(folder.resolve("log"), "StartContainer old took 9.0 ms\n");
    StageLog stages = new StageLog(log);
    Files.writeString(
        log,
        """
        time DEBUG Stages RunPodSandbox a/b 17 took 12.5 ms: sandbox 9.0 ms, network 3.0 ms
        time INFO  Other  nothing of ours took 1 ms
        time DEBUG Stages RunPodSandbox a/c 18 took 13.5 ms: sandbox 10.0 ms, network 3.0 ms
        time DEBUG Stages StopPodSandbox a/c 18 took 8.0 ms: network 7.0 ms
        time DEBUG Stages StopPodSandbox a/c 18 took 1.0 ms: network 0.0 ms
        """,
        StandardOpenOption.APPEND);
    Map<String, Map<String, Samples>> calls = stages.next();
    assertEquals(
        List.of("RunPodSandbox", "StopPodSandbox", "StopPodSandbox 2"),
        List.copyOf(calls.keySet()));
    Map<String, Samples> parts = calls.getOrDefault("RunPodSandbox", Map.of());
    assertEquals(List.of("all", "sandbox", "network"), List.copyOf(parts.keySet()));
    assertEquals(13, parts.getOrDefault("all", new Samples()).median());
    assertEquals(9.5, parts.getOrDefault("sandbox", new Samples()).median());
    assertEquals(Map.of(), stages.next());
  }
}
