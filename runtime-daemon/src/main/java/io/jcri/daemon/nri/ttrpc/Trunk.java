package io.jcri.daemon.nri.ttrpc;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/**
 * NRI's multiplexer: several logical connections in one socket, each piece behind its connection's
 * number and its own length, 4 bytes big-endian each.
 */
final class Trunk {
  static final int HEADER_BYTES = 8;

  /**
   * A plugin reads into a buffer of this size while it awaits a message's header, and loses a piece
   * that is larger. What follows the first piece may be one piece of any size; many small ones
   * would overflow the plugin's queue of 256 of them.
   */
  private static final int FIRST_PIECE_BYTES = 4096;

  private Trunk() {}

  /** Sends one message; not to be called by two threads at once. */
  static void write(WritableByteChannel channel, int connection, byte[] message)
      throws IOException {
    int first = Math.min(message.length, FIRST_PIECE_BYTES);
    writePiece(channel, connection, message, 0, first);
    if (first < message.length) {
      writePiece(channel, connection, message, first, message.length - first);
    }
  }

  private static void writePiece(
      WritableByteChannel channel, int connection, byte[] message, int from, int length)
      throws IOException {
    ByteBuffer buffer =
        ByteBuffer.allocate(HEADER_BYTES + length)
            .putInt(connection)
            .putInt(length)
            .put(message, from, length)
            .flip();
    while (buffer.hasRemaining()) {
      int _ = channel.write(buffer);
    }
  }
}
