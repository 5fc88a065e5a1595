package io.jcri.sandbox.cgroup;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Reads marshalled D-Bus values; the buffer's start is where alignment counts from. */
final class DbusReader {
  private final ByteBuffer in;

  DbusReader(ByteBuffer in) {
    this.in = in;
  }

  boolean atEnd() {
    return !in.hasRemaining();
  }

  DbusReader align(int size) throws IOException {
    int padding = -in.position() & (size - 1);
    if (padding > in.remaining()) {
      throw malformed();
    }
    in.position(in.position() + padding);
    return this;
  }

  int octet() throws IOException {
    if (!in.hasRemaining()) {
      throw malformed();
    }
    return in.get() & 0xFF;
  }

  int uint32() throws IOException {
    align(4);
    try {
      return in.getInt();
    } catch (BufferUnderflowException e) {
      throw malformed();
    }
  }

  /** A string or an object path. */
  String string() throws IOException {
    return text(uint32());
  }

  String signature() throws IOException {
    return text(octet());
  }

  private String text(int length) throws IOException {
    if (length < 0 || length >= in.remaining()) {
      throw malformed();
    }
    byte[] bytes = new byte[length];
    in.get(bytes).get();
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static IOException malformed() {
    return new IOException("malformed D-Bus message");
  }
}
