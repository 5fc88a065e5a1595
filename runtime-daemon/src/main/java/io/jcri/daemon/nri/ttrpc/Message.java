package io.jcri.daemon.nri.ttrpc;

import com.google.protobuf.ByteString;
import io.jcri.daemon.budget.Bound;
import java.nio.ByteBuffer;

/**
 * One ttrpc message. On the wire, all numbers big-endian:
 *
 * <pre>
 * 4 bytes  length of the data, at most 4 MiB
 * 4 bytes  stream: what ties an answer to its request
 * 1 byte   type: 1 request, 2 response, 3 data of a stream
 * 1 byte   flags: 0 for a call with one answer
 * data
 * </pre>
 */
record Message(int stream, byte type, byte flags, ByteString data) {
  static final int HEADER_BYTES = 10;
  static final int MAX_DATA_BYTES = (int) Bound.NRI_MESSAGE.limit();
  static final byte REQUEST = 1;
  static final byte RESPONSE = 2;

  byte[] encode() {
    return ByteBuffer.allocate(HEADER_BYTES + data.size())
        .putInt(data.size())
        .putInt(stream)
        .put(type)
        .put(flags)
        .put(data.asReadOnlyByteBuffer())
        .array();
  }
}
