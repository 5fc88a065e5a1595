package io.jcri.sandbox.cgroup;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** Waits for programs of tests to take connections. */
final class Listeners {
  private Listeners() {}

  /**
   * Returns once someone listens on a unix socket: its file is there a moment before that.
   *
   * @return false when the program ends first
   */
  static boolean await(Path socket, Process program) {
    while (program.isAlive()) {
      try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
        return channel.connect(UnixDomainSocketAddress.of(socket));
      } catch (IOException notYet) {
        Thread.onSpinWait();
      }
    }
    return false;
  }
}
