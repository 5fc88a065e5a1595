package io.jcri.sandbox.cgroup;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes values as the D-Bus specification marshals them, little-endian: each aligned to its size
 * from the start of the message or body.
 */
final class DbusWriter {
  private static final int LENGTH_BYTES = 4;
  private static final int LONG_BYTES = 8;

  private ByteBuffer out = ByteBuffer.allocate(256).order(ByteOrder.LITTLE_ENDIAN);

  /** The bytes so far. */
  byte[] bytes() {
    return Arrays.copyOf(out.array(), out.position());
  }

  DbusWriter align(int size) {
    int padding = -out.position() & (size - 1);
    room(padding).put(new byte[padding]);
    return this;
  }

  DbusWriter octet(int value) {
    room(1).put((byte) value);
    return this;
  }

  DbusWriter uint32(int value) {
    align(LENGTH_BYTES);
    room(LENGTH_BYTES).putInt(value);
    return this;
  }

  /** On the wire a boolean is a whole word. */
  DbusWriter bool(boolean value) {
    return uint32(value ? 1 : 0);
  }

  /** A string or an object path. */
  DbusWriter string(String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    uint32(bytes.length);
    room(bytes.length + 1).put(bytes).put((byte) 0);
    return this;
  }

  DbusWriter signature(String value) {
    byte[] bytes = value.getBytes(StandardCharsets.US_ASCII);
    room(bytes.length + 2).put((byte) bytes.length).put(bytes).put((byte) 0);
    return this;
  }

  DbusWriter raw(byte[] bytes) {
    room(bytes.length).put(bytes);
    return this;
  }

  /** An array; its length does not count the padding before its first element. */
  DbusWriter array(int elementAlignment, Runnable elements) {
    uint32(0);
    int lengthAt = out.position() - LENGTH_BYTES;
    align(elementAlignment);
    int start = out.position();
    elements.run();
    out.putInt(lengthAt, out.position() - start);
    return this;
  }

  /** A structure of a name and a string of any type, as lists of properties have. */
  DbusWriter property(String name, String value) {
    return align(8).string(name).signature("s").string(value);
  }

  DbusWriter property(String name, boolean value) {
    return align(8).string(name).signature("b").bool(value);
  }

  DbusWriter property(String name, long value) {
    align(LONG_BYTES).string(name).signature("t").align(LONG_BYTES);
    room(LONG_BYTES).putLong(value);
    return this;
  }

  private ByteBuffer room(int bytes) {
    if (out.remaining() < bytes) {
      ByteBuffer larger =
          ByteBuffer.allocate(2 * out.capacity() + bytes).order(ByteOrder.LITTLE_ENDIAN);
      out = larger.put(out.flip());
    }
    return out;
  }
}
