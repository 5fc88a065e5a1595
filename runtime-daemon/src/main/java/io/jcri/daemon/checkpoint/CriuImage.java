package io.jcri.daemon.checkpoint;

import io.jcri.daemon.budget.Bound;
import io.jcri.daemon.core.JcriException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads one of CRIU's images: two magic numbers, then messages of the protobuf wire format, each
 * behind its length. Knows no schema and trusts no byte. A message stays the bytes that it is, so
 * that no image takes more memory than its own size.
 */
final class CriuImage {
  /** A process's has some KiB, that of a mount namespace some hundred bytes for each mount. */
  static final int MAX_BYTES = (int) Bound.CHECKPOINT_METADATA.limit();

  private static final int MAX_MESSAGES = 10_000;

  /** The values of one repeated number. */
  private static final int MAX_VALUES = 1_000;

  private static final int COMMON_MAGIC = 0x54564319;

  private CriuImage() {}

  /** Hears of a message's fields in their order. */
  private interface Visitor {
    void number(int number, long value);

    void bytes(int number, ByteBuffer bytes);
  }

  /** A message of an image. */
  static final class Message {
    private final String where;
    private final ByteBuffer content;

    /**
     * As it is found.
     *
     * @param where for messages: which image it is of
     */
    private Message(String where, ByteBuffer content) {
      this.where = where;
      this.content = content;
    }

    private void visit(Visitor visitor) {
      ByteBuffer from = content.duplicate();
      while (from.hasRemaining()) {
        long key = varint(from);
        int number = (int) (key >>> 3);
        switch ((int) (key & 7)) {
          case 0 -> visitor.number(number, varint(from));
          case 1 -> slice(from, Long.BYTES);
          case 2 -> visitor.bytes(number, slice(from, varint(from)));
          case 5 -> slice(from, Integer.BYTES);
          default -> throw malformed(where, "it has an unknown wire type");
        }
      }
    }

    /** All values of a repeated number, packed or not. */
    List<Long> numbers(int wanted) {
      List<Long> values = new ArrayList<>();
      visit(
          new Visitor() {
            @Override
            public void number(int number, long value) {
              if (number == wanted) {
                add(value);
              }
            }

            @Override
            public void bytes(int number, ByteBuffer packed) {
              while (number == wanted && packed.hasRemaining()) {
                add(varint(packed));
              }
            }

            private void add(long value) {
              if (values.size() == MAX_VALUES) {
                throw malformed(
                    where, "field %d has more than %d values".formatted(wanted, MAX_VALUES));
              }
              values.add(value);
            }
          });
      return values;
    }

    /** The last value counts, as everywhere with protobuf; 0 when there is none. */
    long number(int number) {
      List<Long> values = numbers(number);
      return values.isEmpty() ? 0 : values.getLast();
    }

    String text(int number) {
      List<ByteBuffer> all = bytes(number);
      return all.isEmpty() ? "" : StandardCharsets.UTF_8.decode(all.getLast()).toString();
    }

    /** A message in a message. Two of one would be merged by its reader: they are refused. */
    Optional<Message> message(int number) {
      List<ByteBuffer> all = bytes(number);
      if (all.size() > 1) {
        throw malformed(where, "field " + number + " is there twice");
      }
      return all.stream().findFirst().map(bytes -> new Message(where, bytes));
    }

    /** The last two at most: nobody wants more than the last, or to know that it is the only. */
    private List<ByteBuffer> bytes(int wanted) {
      List<ByteBuffer> found = new ArrayList<>(2);
      visit(
          new Visitor() {
            @Override
            public void number(int number, long value) {
              if (number == wanted) {
                throw malformed(where, "field " + number + " is a number");
              }
            }

            @Override
            public void bytes(int number, ByteBuffer bytes) {
              if (number == wanted) {
                if (found.size() == 2) {
                  found.removeFirst();
                }
                found.add(bytes);
              }
            }
          });
      return found;
    }

    private ByteBuffer slice(ByteBuffer from, long length) {
      return CriuImage.slice(where, from, length);
    }

    private long varint(ByteBuffer from) {
      long value = 0;
      for (int shift = 0; shift < Long.SIZE && from.hasRemaining(); shift += 7) {
        byte b = from.get();
        value |= (long) (b & 0x7f) << shift;
        if (b >= 0) {
          return value;
        }
      }
      throw malformed(where, "it has a number without end");
    }
  }

  /**
   * All messages of an image.
   *
   * @param container whose it is, for messages
   * @throws JcriException INVALID when the file is none; the messages throw it as well
   */
  static List<Message> read(String container, Path file) throws IOException {
    String name = container + ": " + file.getFileName();
    byte[] content;
    try (InputStream in = Files.newInputStream(file)) {
      content = in.readNBytes(MAX_BYTES + 1);
    }
    if (content.length > MAX_BYTES) {
      throw malformed(name, "it is larger than " + MAX_BYTES + " bytes");
    }
    ByteBuffer buffer = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
    if (buffer.remaining() < 8 || buffer.getInt() != COMMON_MAGIC) {
      throw malformed(name, "it is no image of CRIU");
    }
    buffer.getInt();
    List<Message> messages = new ArrayList<>();
    while (buffer.hasRemaining()) {
      if (messages.size() == MAX_MESSAGES) {
        throw malformed(name, "it has more than " + MAX_MESSAGES + " messages");
      }
      int length = buffer.remaining() < Integer.BYTES ? -1 : buffer.getInt();
      messages.add(new Message(name, slice(name, buffer, length)));
    }
    return messages;
  }

  private static ByteBuffer slice(String where, ByteBuffer from, long length) {
    if (length < 0 || length > from.remaining()) {
      throw malformed(where, "a length is more than there is");
    }
    ByteBuffer part = from.slice(from.position(), (int) length);
    from.position(from.position() + (int) length);
    return part;
  }

  private static JcriException malformed(String where, String why) {
    return JcriException.invalid(
        "checkpoint of container %s can't be read: %s".formatted(where, why));
  }
}
