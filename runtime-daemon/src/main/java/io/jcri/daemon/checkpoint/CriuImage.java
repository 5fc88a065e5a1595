package io.jcri.daemon.checkpoint;

import io.jcri.daemon.JcriException;
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
 * behind its length. Knows no schema and trusts no byte.
 */
final class CriuImage {
  private static final int COMMON_MAGIC = 0x54564319;
  private static final int MAX_BYTES = 8 << 20;

  private CriuImage() {}

  /** One field of a message: a number, or bytes. */
  private record Field(int number, long value, Optional<ByteBuffer> bytes) {}

  /** A message's fields in their order. */
  static final class Message {
    private final List<Field> fields = new ArrayList<>();

    private Message(ByteBuffer from) {
      while (from.hasRemaining()) {
        long key = varint(from);
        int number = (int) (key >>> 3);
        switch ((int) (key & 7)) {
          case 0 -> fields.add(new Field(number, varint(from), Optional.empty()));
          case 1 -> from.position(from.position() + Long.BYTES);
          case 2 -> fields.add(new Field(number, 0, Optional.of(slice(from, varint(from)))));
          case 5 -> from.position(from.position() + Integer.BYTES);
          default -> throw new IllegalArgumentException("unknown wire type");
        }
      }
    }

    /** All values of a repeated number, packed or not. */
    List<Long> numbers(int number) {
      List<Long> values = new ArrayList<>();
      for (Field field : fields) {
        if (field.number == number) {
          if (field.bytes.isEmpty()) {
            values.add(field.value);
          } else {
            ByteBuffer packed = field.bytes.get().duplicate();
            while (packed.hasRemaining()) {
              values.add(varint(packed));
            }
          }
        }
      }
      return values;
    }

    /** The last value counts, as everywhere with protobuf; 0 when there is none. */
    long number(int number) {
      List<Long> values = numbers(number);
      return values.isEmpty() ? 0 : values.getLast();
    }

    String text(int number) {
      return bytes(number).map(b -> StandardCharsets.UTF_8.decode(b).toString()).orElse("");
    }

    /** A message in a message. Two of one would be merged by its reader: they are refused. */
    Optional<Message> message(int number) {
      if (fields.stream().filter(field -> field.number == number).count() > 1) {
        throw new IllegalArgumentException("field " + number + " is there twice");
      }
      return bytes(number).map(Message::new);
    }

    private Optional<ByteBuffer> bytes(int number) {
      return fields.reversed().stream()
          .filter(field -> field.number == number)
          .findFirst()
          .flatMap(Field::bytes)
          .map(ByteBuffer::duplicate);
    }
  }

  /**
   * All messages of an image.
   *
   * @throws JcriException INVALID when the file is none
   */
  static List<Message> read(Path file) throws IOException {
    byte[] content;
    try (InputStream in = Files.newInputStream(file)) {
      content = in.readNBytes(MAX_BYTES + 1);
    }
    try {
      if (content.length > MAX_BYTES) {
        throw new IllegalArgumentException("larger than " + MAX_BYTES + " bytes");
      }
      ByteBuffer buffer = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
      if (buffer.remaining() < 8 || buffer.getInt() != COMMON_MAGIC) {
        throw new IllegalArgumentException("no image of CRIU");
      }
      buffer.getInt();
      List<Message> messages = new ArrayList<>();
      while (buffer.hasRemaining()) {
        messages.add(new Message(slice(buffer, buffer.getInt())));
      }
      return messages;
    } catch (IllegalArgumentException | java.nio.BufferUnderflowException e) {
      throw JcriException.invalid(
          "%s of the checkpoint can't be read: %s".formatted(file.getFileName(), e.getMessage()));
    }
  }

  private static ByteBuffer slice(ByteBuffer from, long length) {
    if (length < 0 || length > from.remaining()) {
      throw new IllegalArgumentException("length " + length + " is more than there is");
    }
    ByteBuffer part = from.slice(from.position(), (int) length);
    from.position(from.position() + (int) length);
    return part;
  }

  private static long varint(ByteBuffer from) {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      byte b = from.get();
      value |= (long) (b & 0x7f) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw new IllegalArgumentException("number without end");
  }
}
