package io.jcri.sandbox.linux;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Names between Java and the kernel, without loss. The kernel's names are bytes; Java's are UTF-16.
 * Names are UTF-8 here whatever the daemon's locale is, and a byte that is no UTF-8 becomes a lone
 * low surrogate {@code U+DC80..U+DCFF} and back, so that any file of an image survives the trip.
 */
public final class PathBytes {
  private static final int ESCAPE = 0xDC00;

  private PathBytes() {}

  /** The kernel's bytes of a name, without the final NUL. */
  public static byte[] encode(String name) {
    if (!hasEscape(name)) {
      return name.getBytes(StandardCharsets.UTF_8);
    }
    ByteBuffer out = ByteBuffer.allocate(name.length() * 3);
    int i = 0;
    while (i < name.length()) {
      char c = name.charAt(i);
      if (isEscape(name, i)) {
        out.put((byte) (c - ESCAPE));
        i++;
      } else {
        int point = name.codePointAt(i);
        out.put(Character.toString(point).getBytes(StandardCharsets.UTF_8));
        i += Character.charCount(point);
      }
    }
    byte[] bytes = new byte[out.position()];
    out.flip().get(bytes);
    return bytes;
  }

  /** The name of some bytes; {@link #encode} gives the same bytes back. */
  public static String decode(byte[] bytes) {
    return decode(bytes, 0, bytes.length);
  }

  /** The name of a range of bytes. */
  public static String decode(byte[] bytes, int offset, int length) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(bytes, offset, length))
          .toString();
    } catch (CharacterCodingException notUtf8) {
      return decodeEscaped(bytes, offset, length);
    }
  }

  private static String decodeEscaped(byte[] bytes, int offset, int length) {
    StringBuilder name = new StringBuilder(length);
    int end = offset + length;
    int i = offset;
    while (i < end) {
      int size = sequenceLength(bytes, i, end);
      if (size == 0) {
        name.append((char) (ESCAPE + (bytes[i] & 0xFF)));
        i++;
      } else {
        name.append(new String(bytes, i, size, StandardCharsets.UTF_8));
        i += size;
      }
    }
    return name.toString();
  }

  /** The length of the well-formed UTF-8 sequence at {@code i}, 0 when there is none. */
  private static int sequenceLength(byte[] bytes, int i, int end) {
    int first = bytes[i] & 0xFF;
    if (first < 0x80) {
      return 1;
    }
    int size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC2 ? 2 : 0;
    if (size == 0 || first > 0xF4 || i + size > end) {
      return 0;
    }
    // The JDK's own decoder judges over-long forms and encoded surrogates: it replaces them.
    String decoded = new String(bytes, i, size, StandardCharsets.UTF_8);
    boolean replaced =
        decoded.indexOf('\uFFFD') >= 0
            && !(size == 3 && first == 0xEF && (bytes[i + 1] & 0xFF) == 0xBF);
    return replaced || decoded.codePointCount(0, decoded.length()) != 1 ? 0 : size;
  }

  private static boolean hasEscape(String name) {
    for (int i = 0; i < name.length(); i++) {
      if (isEscape(name, i)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isEscape(String name, int i) {
    char c = name.charAt(i);
    return c >= 0xDC80 && c <= 0xDCFF && (i == 0 || !Character.isHighSurrogate(name.charAt(i - 1)));
  }
}
