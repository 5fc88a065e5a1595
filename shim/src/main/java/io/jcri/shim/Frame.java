package io.jcri.shim;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** One message of the shim's protocol: a type and tagged fields. Unknown fields are skipped. */
final class Frame {
  private static final int FIELD_HEADER_BYTES = 8;

  private final int version;
  private final int type;
  private final ByteBuffer body;

  private Frame(int version, int type, ByteBuffer body) {
    this.version = version;
    this.type = type;
    this.body = body;
  }

  /** A message that came; throws when its body is not made of whole fields. */
  static Frame parse(int version, int type, byte[] body) throws ShimException {
    ByteBuffer fields = ByteBuffer.wrap(body);
    while (fields.hasRemaining()) {
      if (fields.remaining() < FIELD_HEADER_BYTES) {
        throw new ShimException(ShimException.Kind.PROTOCOL, "shim sent half a field");
      }
      int length = fields.getInt(fields.position() + 4);
      if (length < 0 || length > fields.remaining() - FIELD_HEADER_BYTES) {
        throw new ShimException(
            ShimException.Kind.PROTOCOL, "shim sent a field of length " + length);
      }
      fields.position(fields.position() + FIELD_HEADER_BYTES + length);
    }
    return new Frame(version, type, ByteBuffer.wrap(body));
  }

  int version() {
    return version;
  }

  int type() {
    return type;
  }

  private ByteBuffer find(int tag) {
    ByteBuffer fields = body.duplicate();
    while (fields.hasRemaining()) {
      int at = fields.position();
      int length = fields.getInt(at + 4);
      if ((fields.getShort(at) & 0xffff) == tag) {
        return fields.slice(at + FIELD_HEADER_BYTES, length);
      }
      fields.position(at + FIELD_HEADER_BYTES + length);
    }
    return ByteBuffer.allocate(0);
  }

  /** A number, 0 when the field is missing. */
  long number(int tag) {
    ByteBuffer field = find(tag);
    return field.remaining() == Long.BYTES ? field.getLong() : 0;
  }

  boolean flag(int tag) {
    return number(tag) != 0;
  }

  /** A text, empty when the field is missing. What is not UTF-8 in it is replaced. */
  String text(int tag) {
    return StandardCharsets.UTF_8.decode(find(tag)).toString();
  }

  /** Bytes, none when the field is missing. */
  ByteBuffer bytes(int tag) {
    return find(tag).asReadOnlyBuffer();
  }

  static Builder request(int type) {
    return new Builder(type);
  }

  /** A request under construction. */
  static final class Builder {
    private final int type;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream(64);

    private Builder(int type) {
      this.type = type;
    }

    Builder number(int tag, long value) {
      return bytes(tag, ByteBuffer.allocate(Long.BYTES).putLong(value).array());
    }

    Builder flag(int tag, boolean value) {
      return number(tag, value ? 1 : 0);
    }

    Builder bytes(int tag, byte[] value) {
      body.writeBytes(
          ByteBuffer.allocate(FIELD_HEADER_BYTES)
              .putShort((short) tag)
              .putShort((short) 0)
              .putInt(value.length)
              .array());
      body.writeBytes(value);
      return this;
    }

    /** The whole frame. */
    byte[] encode() {
      ByteBuffer frame = ByteBuffer.allocate(Wire.HEADER_BYTES + body.size());
      frame.putInt(body.size()).putShort((short) Wire.VERSION).putShort((short) type).putInt(1);
      return frame.put(body.toByteArray()).array();
    }
  }
}
