package io.jcri.oci.tar;

import io.jcri.oci.OciException;
import io.jcri.oci.inflate.ChunkSource;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The bytes of an archive, in the producer's own buffers as long as nobody needs them together. Not
 * thread-safe.
 */
final class TarInput {

  private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

  private final ChunkSource source;
  private ByteBuffer buffer = EMPTY;
  private String place = "its first header";

  TarInput(ChunkSource source) {
    this.source = source;
  }

  /** Where in the archive this is, for messages. */
  String place() {
    return place;
  }

  void setPlace(String place) {
    this.place = place;
  }

  /** False at the end of the input. */
  boolean hasMore() throws IOException {
    if (buffer.hasRemaining()) {
      return true;
    }
    ByteBuffer next = source.next();
    buffer = next == null ? EMPTY : next;
    return next != null;
  }

  /** Fills the array. */
  void read(byte[] target) throws IOException {
    int done = 0;
    while (done < target.length) {
      require();
      int length = Math.min(target.length - done, buffer.remaining());
      buffer.get(target, done, length);
      done += length;
    }
  }

  void skip(long count) throws IOException {
    while (count > 0) {
      require();
      int length = (int) Math.min(count, buffer.remaining());
      buffer.position(buffer.position() + length);
      count -= length;
    }
  }

  /** Skips less where the input ends. */
  void skipUpTo(int count) throws IOException {
    for (int left = count; left > 0 && hasMore(); ) {
      int length = Math.min(left, buffer.remaining());
      buffer.position(buffer.position() + length);
      left -= length;
    }
  }

  /**
   * The next bytes, one at least, uncopied; valid until the next call of any method.
   *
   * @param most how many are wanted, at least one
   */
  ByteBuffer piece(long most) throws IOException {
    require();
    int length = (int) Math.min(most, buffer.remaining());
    ByteBuffer piece = buffer.slice(buffer.position(), length);
    buffer.position(buffer.position() + length);
    return piece;
  }

  /** Reads the source to its end. */
  void drain() throws IOException {
    buffer = EMPTY;
    while (source.next() != null) {
      // Nobody needs it.
    }
  }

  private void require() throws IOException {
    if (!hasMore()) {
      throw new OciException(
          OciException.Kind.DATA_LOSS, "tar archive is truncated: it ends in " + place);
    }
  }
}
