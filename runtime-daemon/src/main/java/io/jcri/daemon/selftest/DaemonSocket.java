package io.jcri.daemon.selftest;

import io.jcri.sandbox.linux.Reasons;
import io.jcri.sandbox.linux.SocketPath;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;

/** Whether anybody is there to be tested: gRPC's client would wait, and not say why. */
final class DaemonSocket {
  private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

  private DaemonSocket() {}

  /**
   * Returns when a daemon takes connections.
   *
   * @throws SelftestException when none does in this time, with what to do
   */
  static void await(Path socket, Duration patience) throws SelftestException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
          SocketPath name = SocketPath.of(socket)) {
        channel.connect(UnixDomainSocketAddress.of(name.path()));
        return;
      } catch (IOException e) {
        if (System.nanoTime() >= deadline) {
          throw new SelftestException(
              "no daemon answers on %s: %s; start it with systemctl start jcri, or name its socket"
                      .formatted(socket, Reasons.of(e))
                  + " with --socket",
              e);
        }
      }
      pause();
    }
  }

  private static void pause() throws SelftestException {
    try {
      Thread.sleep(LOOK_AGAIN);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SelftestException("interrupted", e);
    }
  }
}
