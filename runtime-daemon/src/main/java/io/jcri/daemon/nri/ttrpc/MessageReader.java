package io.jcri.daemon.nri.ttrpc;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Puts together the messages of one logical connection from the pieces in which they come. Not
 * thread-safe.
 */
final class MessageReader {
  private byte[] buffer = new byte[0];
  private int filled;

  /**
   * Takes the next piece.
   *
   * @return the messages that are complete now
   * @throws IOException when a message says that it is larger than any may be
   */
  List<Message> take(ByteBuffer piece) throws IOException {
    append(piece);
    List<Message> complete = new ArrayList<>();
    int at = 0;
    while (filled - at >= Message.HEADER_BYTES) {
      ByteBuffer header = ByteBuffer.wrap(buffer, at, Message.HEADER_BYTES);
      long length = Integer.toUnsignedLong(header.getInt());
      if (length > Message.MAX_DATA_BYTES) {
        throw new IOException(
            "a message of %d bytes, the limit is %d".formatted(length, Message.MAX_DATA_BYTES));
      }
      int end = at + Message.HEADER_BYTES + (int) length;
      if (end > filled) {
        break;
      }
      int stream = header.getInt();
      byte type = header.get();
      byte flags = header.get();
      complete.add(
          new Message(
              stream,
              type,
              flags,
              ByteString.copyFrom(buffer, at + Message.HEADER_BYTES, (int) length)));
      at = end;
    }
    forget(at);
    return complete;
  }

  private void append(ByteBuffer piece) {
    int length = piece.remaining();
    int needed = filled + length;
    if (needed > buffer.length) {
      buffer = Arrays.copyOf(buffer, Math.max(needed, 2 * buffer.length));
    }
    piece.get(buffer, filled, length);
    filled = needed;
  }

  /** An empty buffer is given back: a plugin is idle most of its life. */
  private void forget(int bytes) {
    filled -= bytes;
    if (filled == 0) {
      buffer = new byte[0];
    } else if (bytes > 0) {
      System.arraycopy(buffer, bytes, buffer, 0, filled);
    }
  }
}
