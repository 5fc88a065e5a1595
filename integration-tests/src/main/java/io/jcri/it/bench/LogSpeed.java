package io.jcri.it.bench;

import io.jcri.cri.v1.ContainerState;
import io.jcri.cri.v1.ContainerStatusRequest;
import io.jcri.it.kit.Waiting;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How much of a container's stdout a runtime takes into the CRI log, and whether all of it. */
final class LogSpeed {
  private static final int LINE = 80;
  private static final int SECONDS = 2;
  private static final Pattern WRITTEN = Pattern.compile("lines written: (\\d+)");

  private LogSpeed() {}

  /** Lets a container write for two seconds. Returns how many of its lines are not in the log. */
  static long round(Rival rival, PodLife pods) throws IOException {
    PodLife.Pod pod =
        pods.up(
            PodLife.Kind.HOST_NETWORK, new LinkedHashMap<>(), "/lines", Integer.toString(SECONDS));
    ContainerStatusRequest status =
        ContainerStatusRequest.newBuilder().setContainerId(pod.container()).build();
    Waiting.until(
        Duration.ofMinutes(1),
        () ->
            rival.client().runtime().containerStatus(status).getStatus().getState()
                == ContainerState.CONTAINER_EXITED,
        () -> "the writer of lines did not end");
    Path log = Path.of(pod.config().getLogDirectory(), "main.log");
    long logged = lines(log) - 1;
    long written = written(log);
    pods.down(pod, new LinkedHashMap<>());
    Files.deleteIfExists(log);
    rival.figures().of(Figure.LOG).add((double) logged * LINE / SECONDS / 1e6);
    return written - logged;
  }

  private static long lines(Path log) throws IOException {
    byte[] buffer = new byte[1 << 20];
    long lines = 0;
    try (InputStream in = Files.newInputStream(log)) {
      for (int count = in.read(buffer); count > 0; count = in.read(buffer)) {
        for (int i = 0; i < count; i++) {
          if (buffer[i] == '\n') {
            lines++;
          }
        }
      }
    }
    return lines;
  }

  private static long written(Path log) throws IOException {
    try (InputStream in = Files.newInputStream(log)) {
      in.skipNBytes(Math.max(0, Files.size(log) - 1000));
      Matcher count = WRITTEN.matcher(new String(in.readAllBytes(), StandardCharsets.UTF_8));
      if (!count.find()) {
        throw new IOException(log + ": the writer's last line is missing");
      }
      return Long.parseLong(count.group(1));
    }
  }
}
