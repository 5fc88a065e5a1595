package io.jcri.oci.inflate;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A sequence of bytes in pieces whose sizes the producer chooses. Not thread-safe. */
@FunctionalInterface
public interface ChunkSource {

  /**
   * The next piece, never empty, or null at the end. It belongs to the producer again at the next
   * call; until then the consumer may move its position.
   */
  @Nullable ByteBuffer next() throws IOException;
}
