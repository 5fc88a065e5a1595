package io.jcri.shim;

import io.jcri.sandbox.linux.DescriptorSocket;
import io.jcri.sandbox.linux.Fd;
import io.jcri.sandbox.linux.PlatformThreads;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Takes the descriptors of an exec or an attach over from the shim. */
final class DescriptorReceiver {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private DescriptorReceiver() {}

  /**
   * The streams of a session, those that it has.
   *
   * @param connection through which they came
   */
  record Streams(
      Optional<PipeOutput> stdin,
      Optional<PipeInput> stdout,
      Optional<PipeInput> stderr,
      DescriptorSocket connection) {}

  /** Takes them, on a connection of its own. The reads block in native code: a platform thread. */
  static Streams take(Path socket, long session) throws IOException {
    return PlatformThreads.call(() -> exchange(socket, session));
  }

  private static Streams exchange(Path path, long session) throws IOException {
    DescriptorSocket socket = connect(path);
    try {
      socket.write(Frame.request(Wire.TAKE).number(Wire.TAG_EXEC_ID, session).encode());
      ByteBuffer header = ByteBuffer.wrap(read(socket, Wire.HEADER_BYTES, path));
      int length = header.getInt();
      int version = header.getShort();
      int type = header.getShort();
      if (length < 0 || length > Wire.MAX_BODY_BYTES) {
        throw new ShimException(
            ShimException.Kind.PROTOCOL, "shim on " + path + " sent a frame of " + length);
      }
      Frame frame = Frame.parse(version, type, read(socket, length, path));
      if (frame.type() != Wire.OK) {
        throw new ShimException(ShimException.Kind.REFUSED, frame.text(Wire.TAG_ERROR));
      }
      return streams(frame, socket, path);
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  private static DescriptorSocket connect(Path path) throws IOException {
    try {
      return DescriptorSocket.connect(path);
    } catch (IOException e) {
      throw ShimConnection.noAnswer(path, e);
    }
  }

  private static byte[] read(DescriptorSocket socket, int length, Path path) throws IOException {
    try {
      return socket.read(length, PATIENCE);
    } catch (EOFException e) {
      throw new ShimException(
          ShimException.Kind.LOST, "connection to the shim on " + path + " is lost", e);
    }
  }

  /** They come in the order of their tags. Those that are not taken go with the connection. */
  private static Streams streams(Frame frame, DescriptorSocket socket, Path path)
      throws IOException {
    Optional<Fd> stdin = next(frame, Wire.TAG_STDIN, socket, path);
    try {
      Optional<Fd> stdout = next(frame, Wire.TAG_STDOUT, socket, path);
      try {
        Optional<Fd> stderr = next(frame, Wire.TAG_STDERR, socket, path);
        return new Streams(
            stdin.map(PipeOutput::new),
            stdout.map(PipeInput::new),
            stderr.map(PipeInput::new),
            socket);
      } catch (IOException e) {
        stdout.ifPresent(Fd::close);
        throw e;
      }
    } catch (IOException e) {
      stdin.ifPresent(Fd::close);
      throw e;
    }
  }

  private static Optional<Fd> next(Frame frame, int tag, DescriptorSocket socket, Path path)
      throws ShimException {
    if (!frame.flag(tag)) {
      return Optional.empty();
    }
    Optional<Fd> passed = socket.nextDescriptor();
    if (passed.isEmpty()) {
      throw new ShimException(
          ShimException.Kind.PROTOCOL, "shim on " + path + " passed too few descriptors");
    }
    return passed;
  }
}
