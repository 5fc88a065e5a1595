package io.jcri.shim;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The streams of a client that takes part in a container. They are pipes that end at the shim, so
 * they end for certain: with the process, even when what it left behind holds its output open.
 *
 * <p>Reads and writes block; each stream is for one thread, {@link #close} for any. Closing stdin
 * is the half close: the process then reads the end of its input.
 */
public abstract sealed class SessionStreams implements Closeable
    permits ExecStreams, AttachStreams {
  private final ShimConnection control;
  private final DescriptorReceiver.Streams streams;
  private final long id;

  SessionStreams(ShimConnection control, DescriptorReceiver.Streams streams, long id) {
    this.control = control;
    this.streams = streams;
    this.id = id;
  }

  ShimConnection control() {
    return control;
  }

  /** The session's number, for {@link Shim#resize}. */
  public final String id() {
    return Long.toString(id);
  }

  /** What the process reads; empty when none was asked for. */
  public final Optional<OutputStream> stdin() {
    return streams.stdin().map(OutputStream.class::cast);
  }

  /** What the process writes, or shows on its terminal. */
  public final Optional<InputStream> stdout() {
    return streams.stdout().map(InputStream.class::cast);
  }

  /** Its other output; empty with a terminal. */
  public final Optional<InputStream> stderr() {
    return streams.stderr().map(InputStream.class::cast);
  }

  /**
   * Leaves without closing the streams: they end soon, and no thread stays blocked on one, even
   * when the shim is stopped (SIGSTOP). For a caller whose threads use them still, and that closes
   * them when these are done. Never blocks.
   */
  public final void hangUp() {
    control.close();
    streams.stdout().ifPresent(PipeInput::leave);
    streams.stderr().ifPresent(PipeInput::leave);
  }

  /**
   * Leaves. First the control connection: then the shim closes its ends, and no thread stays
   * blocked on a stream.
   */
  @Override
  public final void close() throws IOException {
    control.close();
    IOException first = null;
    List<Closeable> parts = new ArrayList<>();
    streams.stdin().ifPresent(parts::add);
    streams.stdout().ifPresent(parts::add);
    streams.stderr().ifPresent(parts::add);
    parts.add(streams.connection()::close);
    for (Closeable part : parts) {
      try {
        part.close();
      } catch (IOException e) {
        first = first == null ? e : first;
      }
    }
    if (first != null) {
      throw first;
    }
  }
}
