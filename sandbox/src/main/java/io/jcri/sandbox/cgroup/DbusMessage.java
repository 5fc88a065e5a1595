package io.jcri.sandbox.cgroup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * One message of D-Bus.
 *
 * @param type one of the constants
 * @param serial of this message
 * @param replySerial of the call that it answers, or 0
 * @param path of the object, or empty
 * @param member called or signalled, or empty
 * @param errorName of an error, or empty
 * @param signature of the body
 * @param body marshalled
 */
record DbusMessage(
    int type,
    int serial,
    int replySerial,
    String path,
    String member,
    String errorName,
    String signature,
    ByteBuffer body) {
  static final int CALL = 1;
  static final int RETURN = 2;
  static final int ERROR = 3;
  static final int SIGNAL = 4;

  /** Bytes that tell how long the whole message is. */
  static final int FIXED_BYTES = 16;

  private static final int MAX_BYTES = 1 << 20;
  private static final int PROTOCOL = 1;
  private static final int FIELD_PATH = 1;
  private static final int FIELD_INTERFACE = 2;
  private static final int FIELD_MEMBER = 3;
  private static final int FIELD_ERROR_NAME = 4;
  private static final int FIELD_REPLY_SERIAL = 5;
  private static final int FIELD_DESTINATION = 6;
  private static final int FIELD_SIGNATURE = 8;

  /** What is called. */
  record Target(String destination, String path, String member, String interfaceName) {}

  /** The bytes of a method call. */
  static byte[] call(int serial, Target target, String signature, byte[] body) {
    DbusWriter out = new DbusWriter();
    out.octet('l').octet(CALL).octet(0).octet(PROTOCOL).uint32(body.length).uint32(serial);
    out.array(
        8,
        () -> {
          out.align(8).octet(FIELD_PATH).signature("o").string(target.path());
          out.align(8).octet(FIELD_INTERFACE).signature("s").string(target.interfaceName());
          out.align(8).octet(FIELD_MEMBER).signature("s").string(target.member());
          out.align(8).octet(FIELD_DESTINATION).signature("s").string(target.destination());
          if (!signature.isEmpty()) {
            out.align(8).octet(FIELD_SIGNATURE).signature("g").signature(signature);
          }
        });
    return out.align(8).raw(body).bytes();
  }

  /** The length of the message that starts with these {@link #FIXED_BYTES}. */
  static int length(ByteBuffer start) throws IOException {
    ByteBuffer in = ordered(start);
    long fields = in.getInt(12) & 0xFFFF_FFFFL;
    long body = in.getInt(4) & 0xFFFF_FFFFL;
    long length = FIXED_BYTES + (fields + 7) / 8 * 8 + body;
    if (length > MAX_BYTES) {
      throw new IOException("D-Bus message of " + length + " bytes");
    }
    return (int) length;
  }

  /** Reads a whole message. */
  static DbusMessage parse(ByteBuffer message) throws IOException {
    ByteBuffer in = ordered(message);
    int fieldsEnd = FIXED_BYTES + in.getInt(12);
    DbusReader reader =
        new DbusReader(in.duplicate().order(in.order()).limit(fieldsEnd).position(FIXED_BYTES));
    String path = "";
    String member = "";
    String errorName = "";
    String signature = "";
    int replySerial = 0;
    while (!reader.atEnd()) {
      int field = reader.align(8).octet();
      String type = reader.signature();
      String text = "";
      int number = 0;
      switch (type) {
        case "s", "o" -> text = reader.string();
        case "g" -> text = reader.signature();
        case "u" -> number = reader.uint32();
        default -> throw new IOException("D-Bus header field of type " + type);
      }
      switch (field) {
        case FIELD_PATH -> path = text;
        case FIELD_MEMBER -> member = text;
        case FIELD_ERROR_NAME -> errorName = text;
        case FIELD_REPLY_SERIAL -> replySerial = number;
        case FIELD_SIGNATURE -> signature = text;
        default -> {}
      }
    }
    int bodyStart = (fieldsEnd + 7) / 8 * 8;
    ByteBuffer body = in.slice(bodyStart, in.getInt(4)).order(in.order());
    return new DbusMessage(
        in.get(1), in.getInt(8), replySerial, path, member, errorName, signature, body);
  }

  /** Reads its body from the start. */
  DbusReader reader() {
    return new DbusReader(body.duplicate().order(body.order()).rewind());
  }

  private static ByteBuffer ordered(ByteBuffer message) throws IOException {
    return switch (message.get(0)) {
      case 'l' -> message.duplicate().order(ByteOrder.LITTLE_ENDIAN);
      case 'B' -> message.duplicate().order(ByteOrder.BIG_ENDIAN);
      default -> throw new IOException("no D-Bus message");
    };
  }
}
