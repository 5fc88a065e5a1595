package io.jcri.daemon.cli.debug;

import io.jcri.sandbox.linux.ProcessId;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Asks a Java runtime what its threads do, past the program that runs in it: a thread of the
 * runtime's own answers, as it does jstack. That is for a daemon whose own threads hang.
 *
 * <p>A runtime listens for this from the first time on that it finds a file of a certain name while
 * it answers SIGQUIT. Without the file, SIGQUIT would have it write its threads to its log.
 */
final class JavaThreads {
  private static final int SIGQUIT = 3;
  private static final Duration PAUSE = Duration.ofMillis(10);
  private static final int MOST_LINES = 5000;

  /** The protocol's version, the command, and its three arguments. */
  private static final byte[] REQUEST =
      "1\0threaddump\0-l\0\0\0".getBytes(StandardCharsets.US_ASCII);

  private JavaThreads() {}

  /**
   * The runtime's own list.
   *
   * @param patience for it to begin to listen; how long it then takes to answer is not bounded here
   * @return nothing when it does not listen in time
   */
  static List<String> of(ProcessFacts daemon, Duration patience)
      throws IOException, InterruptedException {
    Path folder = Path.of("/proc", Integer.toString(daemon.pid()), "root", "tmp");
    Path socket = folder.resolve(".java_pid" + daemon.pid());
    if (!Files.exists(socket) && !listens(daemon, folder, socket, patience)) {
      return List.of();
    }
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket));
      var _ = channel.write(ByteBuffer.wrap(REQUEST));
      String answer =
          new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
      // The first line is the status.
      return answer.lines().skip(1).limit(MOST_LINES).toList();
    }
  }

  private static boolean listens(ProcessFacts daemon, Path folder, Path socket, Duration patience)
      throws IOException, InterruptedException {
    Optional<ProcessId> process = ProcessId.of(daemon.pid());
    if (process.isEmpty() || !daemon.hearsQuit()) {
      return false;
    }
    Path wish = folder.resolve(".attach_pid" + daemon.pid());
    Files.deleteIfExists(wish);
    Files.createFile(wish);
    try {
      long until = System.nanoTime() + patience.toNanos();
      if (!process.get().signal(SIGQUIT)) {
        return false;
      }
      while (!Files.exists(socket) && System.nanoTime() < until) {
        Thread.sleep(PAUSE);
      }
      return Files.exists(socket);
    } finally {
      Files.deleteIfExists(wish);
    }
  }
}
