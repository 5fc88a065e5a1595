package io.jcri.daemon.cri.call;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * About how many bytes a message takes in memory, told from its wire form without making it: an
 * empty message has two bytes there, and is an object in a list here.
 */
final class DecodedSize {
  /** Of an object with its header and some fields. */
  private static final int OBJECT = 64;

  /**
   * Of a value in its list or field: a string's object, or a reference and what it costs to grow.
   */
  private static final int VALUE = 64;

  /** Of a number in a list of numbers, which may have one byte on the wire. */
  private static final int NUMBER = 8;

  private DecodedSize() {}

  /**
   * Looks at a whole message.
   *
   * @throws IOException when it is malformed
   */
  static long of(byte[] message, Descriptor type) throws IOException {
    return size(CodedInputStream.newInstance(message), type);
  }

  private static long size(CodedInputStream in, Descriptor type) throws IOException {
    long size = OBJECT;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      size += VALUE;
      if (WireFormat.getTagWireType(tag) != WireFormat.WIRETYPE_LENGTH_DELIMITED) {
        in.skipField(tag);
        continue;
      }
      int length = in.readRawVarint32();
      @Nullable FieldDescriptor field = type.findFieldByNumber(WireFormat.getTagFieldNumber(tag));
      if (field != null && field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
        int outer = in.pushLimit(length);
        size += size(in, field.getMessageType());
        in.popLimit(outer);
      } else {
        size += field != null && field.isPackable() ? (long) NUMBER * length : length;
        in.skipRawBytes(length);
      }
    }
    return size;
  }
}
