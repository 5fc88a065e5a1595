package io.jcri.daemon.cri;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Whether somebody serves on the CRI socket, as a client sees it: connects and begins HTTP/2 (RFC
 * 9113, section 3.4), to which a server answers with its settings. That takes the socket's file,
 * the acceptor, and the thread that reads and writes for all connections.
 *
 * <p>Thread-safe.
 */
public final class ServingCheck {
  private static final int FRAME_HEADER = 9;
  private static final int TYPE_AT = 3;
  private static final byte SETTINGS = 4;
  private static final byte[] HELLO =
      ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + "\0\0\0\4\0\0\0\0\0")
          .getBytes(StandardCharsets.US_ASCII);

  private final Path socket;

  public ServingCheck(Path socket) {
    this.socket = socket;
  }

  /**
   * Returns when there was an answer, however long that takes. A server that closes the connection,
   * since it has as many as may be, has answered too.
   *
   * @throws IOException when nobody listens there, or it is no HTTP/2
   */
  public void run() throws IOException {
    ByteBuffer header = ByteBuffer.allocate(FRAME_HEADER);
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      connect(channel);
      try {
        ByteBuffer hello = ByteBuffer.wrap(HELLO);
        while (hello.hasRemaining()) {
          channel.write(hello);
        }
        while (header.hasRemaining() && channel.read(header) >= 0) {
          // the rest of it
        }
      } catch (IOException e) {
        return; // closed by the server
      }
    }
    if (header.position() == FRAME_HEADER && header.get(TYPE_AT) != SETTINGS) {
      throw new IOException("what answers on " + socket + " speaks no HTTP/2");
    }
  }

  private void connect(SocketChannel channel) throws IOException {
    try {
      channel.connect(UnixDomainSocketAddress.of(socket));
    } catch (IOException e) {
      throw new IOException("nobody answers on " + socket + ": " + e.getMessage(), e);
    }
  }
}
