package io.jcri.it.bench;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the milliseconds of jcri's calls go, as its daemon tells at log level debug: lines such as
 * {@code RunPodSandbox <pod> <id> took 12.1 ms: sandbox 9.0 ms, record 0.4 ms}.
 */
final class StageLog {
  private static final Pattern LINE =
      Pattern.compile(
          "\\b((RunPodSandbox|CreateContainer|StartContainer|StopPodSandbox) .*) took"
              + " ([0-9.]+) ms(?:: (.*))?");
  private static final Pattern STAGE = Pattern.compile("(\\S.*?) ([0-9.]+) ms(?:, |$)");

  private final Path log;
  private final Set<String> seen = new HashSet<>();
  private long read;

  /** Reads from the log's present end on. */
  StageLog(Path log) {
    this.log = log;
    this.read = log.toFile().length();
  }

  /**
   * Returns what has been logged since the last time: by call, then by stage in order; "all" is the
   * whole call. A repetition on the same object counts by itself.
   */
  Map<String, Map<String, Samples>> next() throws IOException {
    Map<String, Map<String, Samples>> calls = new LinkedHashMap<>();
    for (String line : fresh().split("\n", -1)) {
      Matcher call = LINE.matcher(line);
      if (call.find()) {
        Map<String, Samples> stages = calls.computeIfAbsent(name(call), _ -> new LinkedHashMap<>());
        add(stages, "all", call.group(3));
        Matcher stage = STAGE.matcher(call.group(4) == null ? "" : call.group(4));
        while (stage.find()) {
          add(stages, stage.group(1), stage.group(2));
        }
      }
    }
    return calls;
  }

  /** The same call on the same object comes again when a pod is removed, which stops it anew. */
  private String name(Matcher call) {
    return seen.add(call.group(1)) ? call.group(2) : call.group(2) + " 2";
  }

  private static void add(Map<String, Samples> stages, String name, String millis) {
    stages.computeIfAbsent(name, _ -> new Samples()).add(Double.parseDouble(millis));
  }

  private String fresh() throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
      byte[] bytes = new byte[Math.toIntExact(file.length() - read)];
      file.seek(read);
      file.readFully(bytes);
      read += bytes.length;
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }
}
