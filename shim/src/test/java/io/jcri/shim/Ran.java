package io.jcri.shim;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;

/** What became of a short process, with all of its output. */
@SuppressWarnings("ArrayRecordComponent") // nobody compares or changes them
record Ran(int exitCode, byte[] stdout, byte[] stderr, boolean timedOut, boolean truncated) {
  static Ran in(Shim shim, byte[] processJson, Duration timeout, int limit) throws IOException {
    Gathered gathered = new Gathered();
    ExecResult end = shim.execSync(processJson, timeout, limit, gathered);
    return new Ran(
        end.exitCode(),
        gathered.out.toByteArray(),
        gathered.err.toByteArray(),
        end.timedOut(),
        end.truncated());
  }

  private static final class Gathered implements ExecOutput {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Override
    public void stdout(ByteBuffer piece) {
      add(piece, out);
    }

    @Override
    public void stderr(ByteBuffer piece) {
      add(piece, err);
    }

    private static void add(ByteBuffer piece, ByteArrayOutputStream target) {
      byte[] bytes = new byte[piece.remaining()];
      piece.get(bytes);
      target.writeBytes(bytes);
    }
  }
}
