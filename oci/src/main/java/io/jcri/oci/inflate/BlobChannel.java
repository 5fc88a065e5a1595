package io.jcri.oci.inflate;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/**
 * A stream as a channel that reads large pieces; {@code Channels.newChannel} reads 8 KiB at a time.
 * Not thread-safe.
 */
public final class BlobChannel implements ReadableByteChannel {

  private final InputStream in;
  private final byte[] piece;
  private boolean open = true;

  public BlobChannel(InputStream in, int pieceSize) {
    this.in = in;
    this.piece = new byte[pieceSize];
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    int length = in.read(piece, 0, Math.min(piece.length, target.remaining()));
    if (length > 0) {
      target.put(piece, 0, length);
    }
    return length;
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  /** The stream stays open: it belongs to who made it. */
  @Override
  public void close() {
    open = false;
  }
}
