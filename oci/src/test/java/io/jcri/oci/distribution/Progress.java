package io.jcri.oci.distribution;

import io.jcri.oci.manifest.Descriptor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;

/**
 * How much of a blob has reached its reader. A host that is to break a connection behind some byte
 * waits for that byte to arrive: a client may see the end of a connection before the answer on it.
 */
final class Progress {

  private long arrived;

  /** Waits until so many bytes, from the blob's beginning on, have arrived. */
  synchronized void await(long bytes) throws IOException {
    while (arrived < bytes) {
      try {
        wait();
      } catch (InterruptedException e) {
        throw (InterruptedIOException) new InterruptedIOException("the host ends").initCause(e);
      }
    }
  }

  private synchronized void add(int bytes) {
    arrived += bytes;
    notifyAll();
  }

  /** Reads a blob from its beginning to its end. */
  byte[] read(Repository repository, Descriptor blob) throws IOException {
    try (InputStream in = repository.openBlob(blob, 0)) {
      ByteArrayOutputStream content = new ByteArrayOutputStream();
      byte[] buffer = new byte[16 << 10];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        content.write(buffer, 0, n);
        add(n);
      }
      return content.toByteArray();
    }
  }
}
