package io.jcri.daemon.selftest;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DaemonSocketTest {
  @TempDir private Path folder;

  @Test
  void withoutADaemonOneIsToldWhatToDo() {
    Path socket = folder.resolve("jcri.sock");
    assertThatThrownBy(() -> DaemonSocket.await(socket, Duration.ZERO))
        .isInstanceOf(SelftestException.class)
        .hasMessageStartingWith("no daemon answers on " + socket + ": ")
        .hasMessageContaining("; start it with systemctl start jcri");
  }

  @Test
  void oneThatComesIsAwaited() throws Exception {
    Path socket = folder.resolve("jcri.sock");
    try (ServerSocketChannel daemon = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      Thread later =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  Thread.sleep(300);
                  daemon.bind(UnixDomainSocketAddress.of(socket));
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              });
      DaemonSocket.await(socket, Duration.ofMinutes(1));
      later.join();
    }
  }
}
