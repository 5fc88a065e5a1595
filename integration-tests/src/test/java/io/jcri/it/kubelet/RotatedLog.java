package io.jcri.it.kubelet;

import io.jcri.it.node.CriLog;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * A container's log with all the files that the kubelet has made of it: 0.log is the one that is
 * written, 0.log.TIME are older ones, in the end by gzip.
 *
 * @param logs the kubelet's folder of logs
 */
record RotatedLog(Path logs, String pod) {

  /** What the container has written, the oldest first; nothing while the kubelet moves a file. */
  List<String> lines() throws IOException {
    List<String> lines = new ArrayList<>();
    try {
      for (Path file : files()) {
        read(file).forEach(line -> lines.add(line.text()));
      }
    } catch (NoSuchFileException moved) {
      return List.of();
    }
    return lines;
  }

  /** The oldest first. */
  List<Path> files() throws IOException {
    try (Stream<Path> tree = Files.walk(logs)) {
      return tree.filter(Files::isRegularFile)
          .filter(path -> path.toString().contains("/default_" + pod + "-"))
          .filter(path -> !path.toString().endsWith(".tmp"))
          .sorted(
              Comparator.comparing((Path path) -> path.endsWith("0.log"))
                  .thenComparing(path -> path.getFileName().toString().replace(".gz", "")))
          .toList();
    } catch (UncheckedIOException moved) {
      return List.of();
    }
  }

  private static List<CriLog.Line> read(Path file) throws IOException {
    if (!file.toString().endsWith(".gz")) {
      return CriLog.read(file);
    }
    Path plain = Files.createTempFile("jct-log", null);
    try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
      Files.write(plain, in.readAllBytes());
      return CriLog.read(plain);
    } finally {
      Files.delete(plain);
    }
  }
}
