package io.jcri.daemon.nri.ttrpc;

import com.google.protobuf.ByteString;
import io.jcri.daemon.budget.SharedBudget;
import io.jcri.daemon.core.JcriException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Puts together the messages of one logical connection from the pieces in which they come. What a
 * large one takes meanwhile is a part of what all plugins share. Not thread-safe.
 */
final class MessageReader implements AutoCloseable {
  /** What each may have without asking. */
  private static final int FREE_BYTES = 64 << 10;

  /** How long a large message waits for those of others. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final int MAX_BYTES = Message.HEADER_BYTES + Message.MAX_DATA_BYTES;

  private final SharedBudget budget;
  private final List<SharedBudget.Share> shares = new ArrayList<>();
  private byte[] buffer = new byte[0];
  private int filled;

  MessageReader(SharedBudget budget) {
    this.budget = budget;
  }

  /**
   * Takes the next piece.
   *
   * @return the messages that are complete now
   * @throws IOException when a message says that it is larger than any may be, or finds no room
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

  private void append(ByteBuffer piece) throws IOException {
    int length = piece.remaining();
    int needed = filled + length;
    if (needed > buffer.length) {
      int size = Math.max(needed, Math.min(2 * buffer.length, MAX_BYTES));
      if (size > FREE_BYTES) {
        shares.add(ask(size - buffer.length));
      }
      buffer = Arrays.copyOf(buffer, size);
    }
    piece.get(buffer, filled, length);
    filled = needed;
  }

  private SharedBudget.Share ask(int bytes) throws IOException {
    try {
      return budget.take(bytes, PATIENCE);
    } catch (JcriException e) {
      throw new IOException("a message finds no room: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** An empty buffer is given back: a plugin is idle most of its life. */
  private void forget(int bytes) {
    filled -= bytes;
    if (filled == 0) {
      buffer = new byte[0];
      close();
    } else if (bytes > 0) {
      System.arraycopy(buffer, bytes, buffer, 0, filled);
    }
  }

  /** Gives back what it had of the budget; to be called when the connection has ended. */
  @Override
  public void close() {
    shares.forEach(SharedBudget.Share::close);
    shares.clear();
  }
}
