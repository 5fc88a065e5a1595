package io.jcri.oci;

import java.io.IOException;
import java.io.InputStream;

/**
 * A stream that is read many bytes at a time; one alone is read the same way, and fails the same
 * way. Not thread-safe unless a subclass says so.
 */
public abstract class BulkInputStream extends InputStream {

  @Override
  public final int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  /** Waits for one byte at least, unless none is wanted. */
  @Override
  public abstract int read(byte[] target, int from, int length) throws IOException;
}
