package io.jcri.daemon.cli.debug;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The end of a daemon's log, where that is a file.
 *
 * @param place where the log goes
 */
record DaemonLog(String place, List<String> end) {
  private static final int BYTES = 128 << 10;
  private static final int LINES = 100;

  /** Where {@code make run} has it. */
  private static final Path USUAL = Path.of("/var/log/jcri.log");

  static DaemonLog of(Optional<ProcessFacts> daemon) {
    if (daemon.isPresent()) {
      Path standardError = Path.of("/proc", Integer.toString(daemon.get().pid()), "fd", "2");
      try {
        String place = Files.readSymbolicLink(standardError).toString();
        return Files.isRegularFile(standardError)
            ? new DaemonLog(place, tail(standardError))
            : new DaemonLog(place + ", no file; below systemd: journalctl -u jcri", List.of());
      } catch (IOException e) {
        return new DaemonLog("not known", List.of());
      }
    }
    try {
      return new DaemonLog(USUAL.toString(), tail(USUAL));
    } catch (IOException e) {
      return new DaemonLog("not known; below systemd: journalctl -u jcri", List.of());
    }
  }

  private static List<String> tail(Path log) throws IOException {
    ByteBuffer end = ByteBuffer.allocate(BYTES);
    try (SeekableByteChannel channel = Files.newByteChannel(log)) {
      channel.position(Math.max(0, channel.size() - BYTES));
      int length = 0;
      while (length >= 0 && end.hasRemaining()) {
        length = channel.read(end);
      }
    }
    List<String> lines =
        new String(end.array(), 0, end.position(), StandardCharsets.UTF_8).lines().toList();
    return List.copyOf(lines.subList(Math.max(0, lines.size() - LINES), lines.size()));
  }
}
