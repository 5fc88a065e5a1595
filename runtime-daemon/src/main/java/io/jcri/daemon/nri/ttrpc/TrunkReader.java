package io.jcri.daemon.nri.ttrpc;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/**
 * Takes apart what comes through a {@link Trunk}. No more is allocated than has come: a piece is
 * handed on in parts. Not thread-safe.
 */
final class TrunkReader {
  private static final int MAX_PIECE_BYTES = Message.HEADER_BYTES + Message.MAX_DATA_BYTES;
  private static final int MAX_PART_BYTES = 64 << 10;

  /** Some of a piece, or all of it; good until the next is read. */
  record Part(int connection, ByteBuffer data) {}

  private final ReadableByteChannel channel;
  private ByteBuffer buffer = ByteBuffer.allocate(Trunk.HEADER_BYTES);
  private int connection;
  private int left;

  TrunkReader(ReadableByteChannel channel) {
    this.channel = channel;
  }

  /**
   * Waits for the next part.
   *
   * @throws EOFException when the other side has closed
   * @throws IOException when the piece says that it is larger than any may be
   */
  Part read() throws IOException {
    if (left == 0) {
      ByteBuffer header = fill(Trunk.HEADER_BYTES);
      connection = header.getInt();
      long length = Integer.toUnsignedLong(header.getInt());
      if (length > MAX_PIECE_BYTES) {
        throw new IOException(
            "a frame of %d bytes, the limit is %d".formatted(length, MAX_PIECE_BYTES));
      }
      left = (int) length;
    }
    int size = Math.min(left, MAX_PART_BYTES);
    left -= size;
    return new Part(connection, fill(size));
  }

  private ByteBuffer fill(int length) throws IOException {
    if (buffer.capacity() < length) {
      buffer = ByteBuffer.allocate(length);
    }
    buffer.clear().limit(length);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        throw new EOFException("closed by the other side");
      }
    }
    return buffer.flip();
  }
}
