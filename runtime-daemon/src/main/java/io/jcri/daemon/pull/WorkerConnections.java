package io.jcri.daemon.pull;

import io.jcri.daemon.system.SocketFile;
import io.jcri.sandbox.linux.Reasons;
import io.jcri.sandbox.linux.SocketPath;
import java.io.Closeable;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The socket on which a worker offers connections, and those that wait to be used. Taking one is
 * thread-safe; its owner's lock guards that it listens or not.
 */
final class WorkerConnections {
  private static final Logger log = LoggerFactory.getLogger(WorkerConnections.class);

  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final Path socket;
  private final LinkedBlockingQueue<SocketChannel> waiting = new LinkedBlockingQueue<>();
  private @Nullable ServerSocketChannel listening;

  WorkerConnections(Path socket) {
    this.socket = socket;
  }

  /** Opens the socket, unless it is open. */
  void listen() throws IOException {
    if (listening != null) {
      return;
    }
    SocketFile file = new SocketFile(socket);
    file.prepare();
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try (SocketPath name = SocketPath.of(file.bound())) {
      server.bind(UnixDomainSocketAddress.of(name.path()));
    }
    file.publish("rw-------");
    Thread.ofVirtual().name("pull worker connections").start(() -> accept(server));
    listening = server;
  }

  /** Without descriptors a connection keeps waiting: the next try fails at once. */
  private void accept(ServerSocketChannel server) {
    try {
      while (true) {
        try {
          waiting.add(server.accept());
        } catch (ClosedChannelException e) {
          return;
        } catch (IOException e) {
          log.warn("cannot take a connection on {}: {}", socket, Reasons.of(e));
          Thread.sleep(PAUSE);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The next one; null when there was none for so long. */
  @Nullable SocketChannel poll(long millis) throws InterruptedException {
    return waiting.poll(millis, TimeUnit.MILLISECONDS);
  }

  /** Closes those that nobody has taken. */
  void drop() {
    List<SocketChannel> stale = new ArrayList<>();
    waiting.drainTo(stale);
    stale.forEach(WorkerConnections::closeQuietly);
  }

  /** Takes the socket away; {@link #listen} opens it again. */
  void stopListening() {
    if (listening != null) {
      closeQuietly(listening);
      try {
        Files.deleteIfExists(socket);
      } catch (IOException e) {
        log.warn("a pull worker's {} stays: {}", socket, Reasons.of(e));
      }
      listening = null;
    }
  }

  static void closeQuietly(Closeable connection) {
    try {
      connection.close();
    } catch (IOException e) {
      log.debug("closing a connection to the pull worker: {}", Reasons.of(e));
    }
  }
}
