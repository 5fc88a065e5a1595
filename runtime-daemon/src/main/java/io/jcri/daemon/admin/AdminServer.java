package io.jcri.daemon.admin;

import io.jcri.daemon.budget.Bound;
import io.jcri.daemon.image.Images;
import io.jcri.daemon.system.HeapGuard;
import io.jcri.daemon.system.SocketFile;
import io.jcri.oci.image.Image;
import io.jcri.sandbox.linux.Reasons;
import io.jcri.sandbox.linux.SocketPath;
import java.io.BufferedWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStreamWriter;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
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

  /** The longest line that names a verb. */
  private static final int MAX_VERB = 64;

  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final Path socket;
  private final Images images;
  private final Semaphore room = new Semaphore((int) Bound.ADMIN_CALLS.limit());
  private @Nullable ServerSocketChannel server;

  /**
   * Does nothing yet.
   *
   * @param socket where to listen; what a dead daemon has left there is replaced
   */
  public AdminServer(Path socket, Images images) {
    this.socket = socket;
    this.images = images;
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
      String answer = "failed: %d calls are made already\n".formatted(Bound.ADMIN_CALLS.limit());
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
    try (connection;
        InputStream in = Channels.newInputStream(connection);
        BufferedWriter out =
            new BufferedWriter(
                new OutputStreamWriter(
                    Channels.newOutputStream(connection), StandardCharsets.UTF_8))) {
      String answer;
      try {
        answer = answer(verb(in), in);
      } catch (RuntimeException e) {
        answer = "failed: " + Reasons.of(e).replace('\n', ' ') + "\n";
      }
      out.write(answer);
    } catch (IOException e) {
      log.warn("a call on {} was given up: {}", socket, e.getMessage());
    }
  }

  private String answer(String verb, InputStream content) {
    if (!verb.equals("load")) {
      return "failed: this daemon does not know \"" + verb + "\"\n";
    }
    StringBuilder answer = new StringBuilder();
    for (Image image : images.load(content)) {
      String name = image.repoTags().isEmpty() ? "" : " " + String.join(" ", image.repoTags());
      log.info("loaded image {}{}", image.id(), name);
      answer.append("image ").append(image.id()).append(name).append('\n');
    }
    return answer.append("done\n").toString();
  }

  /** Byte by byte: what follows the line is content. */
  private static String verb(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
      line.write(next);
      if (line.size() > MAX_VERB) {
        break;
      }
    }
    return line.toString(StandardCharsets.UTF_8);
  }
}
