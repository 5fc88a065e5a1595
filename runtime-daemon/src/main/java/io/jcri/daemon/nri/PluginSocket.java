package io.jcri.daemon.nri;

import io.jcri.daemon.budget.Bound;
import io.jcri.daemon.system.HeapGuard;
import io.jcri.daemon.system.SocketFile;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The socket on which plugins connect by themselves. Started and closed once each. */
final class PluginSocket implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PluginSocket.class);
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

  private final Path path;
  private final ServerSocketChannel server;
  private final Optional<Object> ownKey;

  private PluginSocket(Path path, ServerSocketChannel server) throws IOException {
    this.path = path;
    this.server = server;
    this.ownKey = fileKey();
  }

  /**
   * Opens it for root alone and hands every connection to the consumer, in a thread of its own.
   *
   * @throws IOException also when another runtime serves it: two can't share it
   */
  static PluginSocket open(Path path, Consumer<SocketChannel> connections) throws IOException {
    Path directory = path.toAbsolutePath().getParent();
    if (Files.notExists(directory)) {
      Files.createDirectories(directory);
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    }
    refuseSecond(path);
    SocketFile file = new SocketFile(path.toAbsolutePath());
    file.prepare();
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      server.bind(UnixDomainSocketAddress.of(file.bound()));
      file.publish("rw-------");
      PluginSocket socket = new PluginSocket(path, server);
      Thread.ofVirtual().name("nri socket").start(() -> socket.accept(connections));
      return socket;
    } catch (IOException | RuntimeException e) {
      server.close();
      throw e;
    }
  }

  private static void refuseSecond(Path path) throws IOException {
    if (!Files.exists(path)) {
      return;
    }
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      if (channel.connect(UnixDomainSocketAddress.of(path))) {
        throw new IOException("another runtime serves plugins on " + path);
      }
    } catch (java.net.ConnectException e) {
      log.debug("{} is left from a runtime that has ended", path);
    }
  }

  private void accept(Consumer<SocketChannel> connections) {
    List<SocketChannel> open = new ArrayList<>();
    while (server.isOpen()) {
      try {
        SocketChannel channel = server.accept();
        open.removeIf(other -> !other.isOpen());
        if (open.size() >= Bound.NRI_PLUGINS.limit()) {
          channel.close();
          log.warn("a connection to {} was closed: it has {} of them", path, open.size());
          continue;
        }
        open.add(channel);
        Thread.ofVirtual()
            .name("nri registration")
            .start(
                HeapGuard.expendable(
                    "registration of an NRI plugin", () -> connections.accept(channel)));
      } catch (IOException e) {
        if (server.isOpen()) {
          log.warn("an NRI plugin could not connect: {}", e.getMessage());
          rest();
        }
      }
    }
  }

  /** What keeps one from connecting, as a want of descriptors, does so for a while. */
  private static void rest() {
    try {
      Thread.sleep(AFTER_FAILURE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Optional<Object> fileKey() throws IOException {
    return Files.exists(path)
        ? Optional.ofNullable(Files.readAttributes(path, BasicFileAttributes.class).fileKey())
        : Optional.empty();
  }

  /** Removes the socket too, unless it is another daemon's by now. */
  @Override
  public void close() {
    try {
      server.close();
      if (ownKey.isPresent() && fileKey().equals(ownKey)) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      log.warn("{} could not be removed: {}", path, e.getMessage());
    }
  }
}
