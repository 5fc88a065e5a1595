package io.jcri.daemon.nri.ttrpc;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/**
 * NRI's multiplexer: several logical connections in one socket, each piece behind its connection's
 * number and its own length, 4 bytes big-endian each.
 */
final class Trunk {
  private static final int HEADER_BYTES = 8;
  private static final int MAX_PIECE_BYTES = Message.HEADER_BYTES + Message.MAX_DATA_BYTES;

  /**
   * A plugin reads into a buffer of this size while it awaits a message's header, and loses a piece
   * that is larger. What follows the first piece may be one piece of any size; many small ones
   * would overflow the plugin's queue of 256 of them.
   */
  private static final int FIRST_PIECE_BYTES = 4096;

  /** What was read for one logical connection. */
  record Piece(int connection, ByteBuffer data) {}

  private Trunk() {}

  /**
   * Waits for the next piece.
   *
   * @throws EOFException when the other side has closed
   * @throws IOException when the piece says that it is larger than any may be
   */
  static Piece read(ReadableByteChannel channel) throws IOException {
    ByteBuffer header = fill(channel, HEADER_BYTES);
    int connection = header.getInt();
    long length = Integer.toUnsignedLong(header.getInt());
    if (length > MAX_PIECE_BYTES) {
      throw new IOException(
          "a frame of %d bytes, the limit is %d".formatted(length, MAX_PIECE_BYTES));
    }
    return new Piece(connection, fill(channel, (int) length));
  }

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

  private static ByteBuffer fill(ReadableByteChannel channel, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        throw new EOFException("closed by the other side");
      }
    }
    return buffer.flip();
  }
}
