package io.jcri.daemon.streaming.portforward;

import io.jcri.daemon.budget.Bound;
import io.jcri.daemon.streaming.link.ClientConnection;
import io.jcri.daemon.streaming.link.ClientStream;
import io.jcri.daemon.system.HeapGuard;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One forwarded connection: the client's data stream joined to a socket in the pod, both halves of
 * it ending on their own. That the pod can't be reached is told on the error stream.
 */
final class Forward {
  private static final Logger log = LoggerFactory.getLogger(Forward.class);
  private static final int BUFFER = 32 * 1024;
  private static final Semaphore ROOM = new Semaphore((int) Bound.FORWARDS.limit());

  private final PodPorts ports;
  private final String podId;
  private final int port;
  private final Duration lastWords;

  /**
   * A connection to be made.
   *
   * @param lastWords how long the client may go on writing to a pod that has said all it had to say
   */
  Forward(PodPorts ports, String podId, int port, Duration lastWords) {
    this.ports = ports;
    this.podId = podId;
    this.port = port;
    this.lastWords = lastWords;
  }

  /** Runs to the end of both halves. */
  void run(ClientConnection connection, ClientStream data, ClientStream error) {
    error.ignoreInput();
    if (!ROOM.tryAcquire()) {
      refuse(data, error, "%d connections are forwarded already".formatted(Bound.FORWARDS.limit()));
      return;
    }
    try {
      runInRoom(connection, data, error);
    } finally {
      ROOM.release();
    }
  }

  private void runInRoom(ClientConnection connection, ClientStream data, ClientStream error) {
    try (SocketChannel pod = ports.connect(podId, port);
        ClientConnection.Leaving _ = connection.onGone(() -> close(pod))) {
      join(pod, data);
    } catch (IOException | RuntimeException e) {
      refuse(data, error, String.valueOf(e.getMessage()));
      return;
    }
    data.ignoreInput();
    end(error);
  }

  private void refuse(ClientStream data, ClientStream error, String why) {
    tell(error, "error forwarding port %d to pod %s: %s".formatted(port, podId, why));
    data.abort();
    data.ignoreInput();
    end(error);
  }

  private void join(SocketChannel pod, ClientStream data) {
    Thread up =
        Thread.ofVirtual()
            .name("jcri-forward")
            .start(HeapGuard.expendable("a port-forward", () -> toPod(data.input(), pod)));
    toClient(pod, data);
    try {
      if (!up.join(lastWords)) {
        data.ignoreInput();
        close(pod);
        up.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A client that breaks its stream off does so to the pod, too; kubectl ends them all so. */
  private static void toPod(InputStream client, SocketChannel pod) {
    byte[] buffer = new byte[BUFFER];
    try {
      int count;
      while ((count = client.read(buffer)) >= 0) {
        if (!write(pod, ByteBuffer.wrap(buffer, 0, count))) {
          client.close();
          return;
        }
      }
      pod.shutdownOutput();
    } catch (IOException e) {
      log.debug("a forwarded connection broke: {}", e.getMessage());
      close(pod);
    }
  }

  /** Returns whether the pod took it; if not, what it has said before that can still be read. */
  private static boolean write(SocketChannel pod, ByteBuffer bytes) {
    try {
      while (bytes.hasRemaining()) {
        int ignored = pod.write(bytes);
      }
      return true;
    } catch (IOException e) {
      log.debug("the pod takes no more: {}", e.getMessage());
      return false;
    }
  }

  /** A pod that breaks the connection off does so to the client, too. */
  private static void toClient(SocketChannel pod, ClientStream data) {
    byte[] buffer = new byte[BUFFER];
    try (OutputStream client = data.output()) {
      int count;
      while ((count = pod.read(ByteBuffer.wrap(buffer))) >= 0) {
        client.write(buffer, 0, count);
      }
    } catch (IOException e) {
      log.debug("a forwarded connection broke: {}", e.getMessage());
      data.abort();
      close(pod);
    }
  }

  private static void tell(ClientStream error, String message) {
    log.debug("{}", message);
    try {
      error.output().write(message.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      log.debug("and the client is gone: {}", e.getMessage());
    }
  }

  private static void end(ClientStream error) {
    try {
      error.output().close();
    } catch (IOException e) {
      log.debug("the client is gone: {}", e.getMessage());
    }
  }

  private static void close(SocketChannel pod) {
    try {
      pod.close();
    } catch (IOException e) {
      log.debug("a socket could not be closed: {}", e.getMessage());
    }
  }
}
