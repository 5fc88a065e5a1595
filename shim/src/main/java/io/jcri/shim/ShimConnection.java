package io.jcri.shim;

import io.jcri.sandbox.linux.SocketPath;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a shim: a request and the frames that answer it. Not for several threads at
 * once, but {@link #close} may come from any and ends a read in progress.
 */
final class ShimConnection implements Closeable {
  /** For the requests that a healthy shim answers at once. */
  static final Duration PROMPT = Duration.ofSeconds(10);

  /** How often a shim is asked for whose answer somebody waits as long as it takes. */
  private static final Duration ALIVE_PERIOD = PROMPT.multipliedBy(2);

  /** For waiting as long as it takes. */
  static final Duration FOREVER = Duration.ZERO;

  /** For waiting as long as it takes, but not for a shim that does not answer others either. */
  static final Duration WHILE_ALIVE = Duration.ofSeconds(-1);

  private final Path socket;
  private final SocketChannel channel;
  private final ByteBuffer header = ByteBuffer.allocate(Wire.HEADER_BYTES);
  private volatile boolean late;

  private ShimConnection(Path socket, SocketChannel channel) {
    this.socket = socket;
    this.channel = channel;
  }

  static ShimConnection open(Path socket) throws ShimException {
    try {
      SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
      try {
        try (SocketPath name = SocketPath.of(socket)) {
          channel.connect(UnixDomainSocketAddress.of(name.path()));
        }
        return new ShimConnection(socket, channel);
      } catch (IOException e) {
        channel.close();
        throw e;
      }
    } catch (ClosedByInterruptException e) {
      throw interrupted(socket, e);
    } catch (IOException e) {
      throw noAnswer(socket, e);
    }
  }

  static ShimException noAnswer(Path socket, IOException cause) {
    return new ShimException(
        ShimException.Kind.LOST, "no shim answers on " + socket + ": " + cause.getMessage(), cause);
  }

  void send(Frame.Builder request) throws ShimException {
    ByteBuffer bytes = ByteBuffer.wrap(request.encode());
    if (bytes.remaining() > Wire.HEADER_BYTES + Wire.MAX_BODY_BYTES) {
      throw new ShimException(
          ShimException.Kind.REFUSED,
          "request to the shim on " + socket + " is larger than " + Wire.MAX_BODY_BYTES + " bytes");
    }
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (IOException e) {
      throw failure(e);
    }
  }

  /** The next frame, whatever it is; zero waits without limit. */
  Frame receive(Duration limit) throws ShimException {
    ScheduledFuture<?> deadline =
        limit.isNegative()
            ? Deadlines.every(ALIVE_PERIOD.toMillis(), this::askIfAlive)
            : limit.isZero() ? null : Deadlines.after(limit.toMillis(), this::giveUp);
    try {
      header.clear();
      fill(header);
      header.flip();
      int length = header.getInt();
      int version = header.getShort();
      int type = header.getShort();
      if (length < 0 || length > Wire.MAX_BODY_BYTES) {
        throw new ShimException(
            ShimException.Kind.PROTOCOL, "shim on " + socket + " sent a frame of " + length);
      }
      byte[] body = new byte[length];
      fill(ByteBuffer.wrap(body));
      return Frame.parse(version, type, body);
    } catch (IOException e) {
      throw failure(e);
    } finally {
      cancel(deadline);
    }
  }

  /** The next frame, which must not be an error. */
  Frame receiveOk(Duration limit) throws ShimException {
    Frame frame = receive(limit);
    if (frame.type() == Wire.ERROR) {
      throw new ShimException(ShimException.Kind.REFUSED, frame.text(Wire.TAG_ERROR));
    }
    return frame;
  }

  private static void cancel(@Nullable ScheduledFuture<?> deadline) {
    if (deadline != null) {
      deadline.cancel(false);
    }
  }

  private void fill(ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        throw new EOFException("connection ended");
      }
    }
  }

  private static ShimException interrupted(Path socket, IOException cause) {
    return new ShimException(
        ShimException.Kind.INTERRUPTED, "interrupted while asking the shim on " + socket, cause);
  }

  private void askIfAlive() {
    Thread.ofVirtual()
        .name("jcri-shim-alive")
        .start(() -> {
          try (ShimConnection other = open(socket)) {
            other.send(Frame.request(Wire.STATUS));
            other.receiveOk(PROMPT);
          } catch (ShimException e) {
            if (e.kind() == ShimException.Kind.TIMEOUT) {
              giveUp();
            }
          }
        });
  }

  private void giveUp() {
    late = true;
    close();
  }

  private ShimException failure(IOException cause) {
    if (cause instanceof ShimException known) {
      return known;
    }
    if (cause instanceof ClosedByInterruptException) {
      return interrupted(socket, cause);
    }
    return late
        ? new ShimException(
            ShimException.Kind.TIMEOUT, "shim on " + socket + " does not answer", cause)
        : new ShimException(
            ShimException.Kind.LOST,
            "connection to the shim on " + socket + " is lost: " + cause.getMessage(),
            cause);
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException ignored) {
      // A socket that cannot be closed is gone anyway, and no caller could do more about it.
    }
  }
}
