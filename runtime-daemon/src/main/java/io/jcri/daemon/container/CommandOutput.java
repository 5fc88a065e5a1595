package io.jcri.daemon.container;

import io.jcri.shim.ExecOutput;
import io.jcri.shim.ExecResult;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What a command has written, as far as it could be kept; a stream of which something is missing
 * ends with {@link #MARK}. In blocks, since one array would have to be copied to grow.
 *
 * <p>Filled by one thread. Whoever has it closes it once nothing of it is in memory any more.
 */
public final class CommandOutput implements ExecOutput, AutoCloseable {
  /** Of one stream: both and the rest of the reply fit the kubelet's 16 MiB message. */
  static final int MOST = 7 << 20;

  /** The last line of what was cut off. */
  public static final String MARK = "\n[jcri: the rest of this output was cut off]\n";

  private static final int LEAST_BLOCK = 256;
  private static final int MOST_BLOCK = 64 << 10;

  private final OutputBudget.Share share;
  private final Stream out = new Stream();
  private final Stream err = new Stream();

  CommandOutput(OutputBudget.Share share) {
    this.share = share;
  }

  @Override
  public void stdout(ByteBuffer piece) throws IOException {
    out.add(piece);
  }

  @Override
  public void stderr(ByteBuffer piece) throws IOException {
    err.add(piece);
  }

  /** Nothing more comes. */
  void end(ExecResult result) {
    for (Stream stream : List.of(out, err)) {
      if (stream.cut || (result.truncated() && stream.size == MOST)) {
        stream.mark();
      }
    }
  }

  /** What the command wrote to its stdout, in order; not to be changed. */
  public List<ByteBuffer> stdout() {
    return out.content();
  }

  /** The same of its stderr. */
  public List<ByteBuffer> stderr() {
    return err.content();
  }

  @Override
  public void close() {
    share.close();
  }

  /**
   * The blocks are as large as what came last, and as all before: few for much, small for little.
   */
  private final class Stream {
    private final List<ByteBuffer> blocks = new ArrayList<>();
    private ByteBuffer last = ByteBuffer.allocate(0);
    private int size;
    private boolean cut;

    void add(ByteBuffer piece) throws IOException {
      while (piece.hasRemaining() && !cut && size < MOST) {
        if (!last.hasRemaining() && !grow(piece.remaining())) {
          cut = true;
          return;
        }
        int count = Math.min(piece.remaining(), last.remaining());
        last.put(piece.slice(piece.position(), count));
        piece.position(piece.position() + count);
        size += count;
      }
    }

    private boolean grow(int wanted) throws IOException {
      int larger = Math.max(LEAST_BLOCK, Math.max(wanted, size));
      int block = Math.min(Math.min(larger, MOST_BLOCK), MOST - size);
      try {
        if (!share.take(block)) {
          return false;
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted while waiting for room for output");
      }
      last = ByteBuffer.allocate(block);
      blocks.add(last);
      return true;
    }

    void mark() {
      byte[] mark = MARK.getBytes(StandardCharsets.US_ASCII);
      blocks.add(ByteBuffer.wrap(mark).position(mark.length));
    }

    List<ByteBuffer> content() {
      return blocks.stream().map(block -> block.duplicate().flip()).toList();
    }
  }
}
