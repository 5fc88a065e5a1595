package io.jcri.daemon.pull;

import io.jcri.oci.BulkInputStream;
import java.io.IOException;

/** An archive that the daemon reads from its client, piece by piece. Not thread-safe. */
final class RemoteArchive extends BulkInputStream {

  private final WorkerCall call;
  private byte[] piece = {};
  private int position;
  private boolean ended;

  RemoteArchive(WorkerCall call) {
    this.call = call;
  }

  @Override
  public int read(byte[] target, int from, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (position == piece.length && !ended) {
      piece = call.ask(new WorkerMessages.More(), new byte[0]).bytes();
      position = 0;
      ended = piece.length == 0;
    }
    if (ended) {
      return -1;
    }
    int count = Math.min(length, piece.length - position);
    System.arraycopy(piece, position, target, from, count);
    position += count;
    return count;
  }
}
