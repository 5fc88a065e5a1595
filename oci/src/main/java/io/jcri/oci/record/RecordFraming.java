package io.jcri.oci.record;

import io.jcri.oci.Json;
import io.jcri.oci.JsonRest;
import io.jcri.oci.OciException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * Where a record's version and checksum are. The version is read first and alone, as a later one
 * may lie in its file in another way.
 */
public enum RecordFraming {

  /**
   * In a line of their own. The checksum is that of all that follows.
   *
   * <pre>
   * {"version":1,"crc32c":"1c291ca3"}
   * {"id":"6f2a…","phase":"READY",…}
   * </pre>
   */
  HEADER {
    @Override
    int version(byte[] content) {
      return header(content).version;
    }

    @Override
    byte[] body(byte[] content) {
      int start = headerEnd(content) + 1;
      String sum = checksum(content, start, content.length);
      String said = header(content).crc32c.orElse("none");
      if (!said.equals(sum)) {
        throw torn("its checksum is " + sum + ", its header says " + said);
      }
      return Arrays.copyOfRange(content, start, content.length);
    }

    @Override
    byte[] close(int version, byte[] body) {
      return joined(
          "{\"version\":%d,\"crc32c\":\"%s\"}\n".formatted(version, checksum(body, 0, body.length)),
          body,
          0,
          body.length,
          "");
    }

    @Override
    JsonRest withoutOwn(JsonRest rest) {
      return rest;
    }
  },

  /**
   * As the first and the last key. The checksum is that of all before it, from the first brace on;
   * records of before have none.
   *
   * <pre>
   * {"version":1,"layers":["KEY"],"readOnly":false,"crc32c":"8e0a66b1"}
   * </pre>
   */
  KEY {
    @Override
    int version(byte[] content) {
      return checked(Json.parse(content, Header.class)).version;
    }

    @Override
    byte[] body(byte[] content) {
      int tail = Math.max(0, content.length - TAIL);
      Matcher end =
          CHECKSUM.matcher(
              new String(content, tail, content.length - tail, StandardCharsets.ISO_8859_1));
      if (end.find()) {
        String sum = checksum(content, 0, tail + end.start());
        if (!end.group(1).equals(sum)) {
          throw torn("its checksum is " + sum + ", it says " + end.group(1));
        }
      } else if (Json.parse(content, Header.class).crc32c.isPresent()) {
        throw torn("something follows its checksum");
      }
      return content;
    }

    @Override
    byte[] close(int version, byte[] body) {
      String first = "{\"version\":" + version + (body.length > 2 ? "," : "");
      byte[] summed = joined(first, body, 1, body.length - 1, "");
      String last = ",\"crc32c\":\"%s\"}".formatted(checksum(summed, 0, summed.length));
      return joined("", summed, 0, summed.length, last);
    }

    @Override
    JsonRest withoutOwn(JsonRest rest) {
      return rest.without("version").without("crc32c");
    }
  };

  private static final int TAIL = ",\"crc32c\":\"01234567\"}".length();
  private static final Pattern CHECKSUM = Pattern.compile(",\"crc32c\":\"([0-9a-f]{8})\"}$");

  /** What every version of a framing begins with, and what this one adds. */
  private record Header(int version, Optional<String> crc32c) {}

  /**
   * The version that the content claims to be of.
   *
   * @throws OciException when it claims none
   */
  abstract int version(byte[] content);

  /**
   * The record as a JSON object, maybe with the framing's own keys in it.
   *
   * @throws OciException when the checksum is not its own
   */
  abstract byte[] body(byte[] content);

  /** The content for a record, which has no keys of the framing's. */
  abstract byte[] close(int version, byte[] body);

  /** Takes the framing's own keys from those that a record does not know. */
  abstract JsonRest withoutOwn(JsonRest rest);

  private static Header header(byte[] content) {
    return checked(Json.parse(Arrays.copyOfRange(content, 0, headerEnd(content)), Header.class));
  }

  private static Header checked(Header header) {
    if (header.version < 1) {
      throw torn("it says no version");
    }
    return header;
  }

  private static int headerEnd(byte[] content) {
    for (int i = 0; i < content.length; i++) {
      if (content[i] == '\n') {
        return i;
      }
    }
    throw torn("it has no header line");
  }

  private static String checksum(byte[] bytes, int from, int to) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, to - from);
    return "%08x".formatted(crc.getValue());
  }

  private static byte[] joined(String before, byte[] bytes, int from, int to, String after) {
    byte[] first = before.getBytes(StandardCharsets.US_ASCII);
    byte[] last = after.getBytes(StandardCharsets.US_ASCII);
    byte[] whole = Arrays.copyOf(first, first.length + to - from + last.length);
    System.arraycopy(bytes, from, whole, first.length, to - from);
    System.arraycopy(last, 0, whole, whole.length - last.length, last.length);
    return whole;
  }

  private static OciException torn(String why) {
    return new OciException(OciException.Kind.DATA_LOSS, why);
  }
}
