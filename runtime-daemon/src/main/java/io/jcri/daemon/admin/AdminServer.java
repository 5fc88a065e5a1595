package io.jcri.daemon.admin;

import io.jcri.daemon.budget.Bound;
import io.jcri.daemon.system.HeapGuard;
import io.jcri.daemon.system.SocketFile;
import io.jcri.sandbox.linux.Reasons;
import io.jcri.sandbox.linux.SocketPath;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the admin socket: a thread for each connection. Started and stopped once each, by one
 * thread.
 */
public final class AdminServer {
  private static final Logger log = LoggerFactory.getLogger(AdminServer.class);

  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final Path socket;
  private final AdminVerbs verbs;
  private final Semaphore room = new Semaphore((int) Bound.ADMIN_CALLS.limit());
  private @Nullable ServerSocketChannel server;

  /**
   * Does nothing yet.
   *
   * @param socket where to listen; what a dead daemon has left there is replaced
   */
  public AdminServer(Path socket, AdminNode node) {
    this(socket, AdminVerbs.of(node));
  }

  AdminServer(Path socket, AdminVerbs verbs) {
    this.socket = socket;
    this.verbs = verbs;
  }

  /**
   * Opens it to root alone.
   *
   * <p>To be called after the CRI socket is ours: that tells that no other daemon is alive.
   */
  public void start() throws IOException {
    SocketFile file = new SocketFile(socket);
    file.prepare();
    ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try (SocketPath name = SocketPath.of(file.bound())) {
      listening.bind(UnixDomainSocketAddress.of(name.path()));
    }
    file.publish("rw-------");
    server = listening;
    Thread.ofVirtual().name("admin").start(() -> accept(listening));
  }

  /** Takes no more connections. */
  public void stop() {
    try {
      if (server != null) {
        server.close();
        Files.deleteIfExists(socket);
      }
    } catch (IOException e) {
      log.warn("cannot close {}: {}", socket, e.getMessage());
    }
  }

  private void accept(ServerSocketChannel listening) {
    while (listening.isOpen()) {
      try {
        SocketChannel connection = listening.accept();
        if (!room.tryAcquire()) {
          refuse(connection);
          continue;
        }
        Thread.ofVirtual()
            .name("admin call")
            .start(
                HeapGuard.expendable(
                    "a call on the admin socket",
                    () -> {
                      try {
                        serve(connection);
                      } finally {
                        room.release();
                      }
                    }));
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException e) {
        log.warn("cannot take a connection on {}: {}", socket, e.getMessage());
        if (!pause()) {
          return;
        }
      }
    }
  }

  /** The few bytes fit the socket's buffer: they are not waited for. */
  private static void refuse(SocketChannel connection) throws IOException {
    try (connection) {
      connection.configureBlocking(false);
      String answer =
          "{\"failed\":{\"kind\":\"RESOURCE_EXHAUSTED\",\"message\":\"%d calls are made already\"}}\n"
              .formatted(Bound.ADMIN_CALLS.limit());
      int _ = connection.write(ByteBuffer.wrap(answer.getBytes(StandardCharsets.UTF_8)));
    }
  }

  /** Without descriptors a connection keeps waiting: the next try fails at once. */
  private static boolean pause() {
    try {
      Thread.sleep(PAUSE);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void serve(SocketChannel connection) {
    try (Wire wire = new Wire(connection)) {
      verbs.serve(wire);
    } catch (IOException e) {
      log.debug("a client on {} has gone: {}", socket, Reasons.of(e));
    }
  }
}
