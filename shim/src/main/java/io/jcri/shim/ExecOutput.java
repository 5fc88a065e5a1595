package io.jcri.shim;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Takes the output of {@link Shim#execSync} as it comes. While it keeps its caller waiting nothing
 * more is read from the shim, which then stops to read from the command: what has no place here
 * waits there, and at last in the command itself.
 */
public interface ExecOutput {
  /** A piece of stdout; the bytes are only good for this call. */
  void stdout(ByteBuffer piece) throws IOException;

  /** A piece of stderr; the bytes are only good for this call. */
  void stderr(ByteBuffer piece) throws IOException;
}
