package io.jcri.shim;

import io.jcri.sandbox.linux.PlatformThreads;
import io.jcri.sandbox.linux.SocketPath;
import java.io.Closeable;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import org.newsclub.net.unix.AFUNIXSocket;
import org.newsclub.net.unix.AFUNIXSocketAddress;
import org.newsclub.net.unix.FileDescriptorCast;

/**
 * Takes the descriptors of an exec or an attach over from the shim. The only class that needs more
 * than the JDK's sockets; it is loaded with the first session, as that costs 17 MB and 95 ms.
 */
final class DescriptorReceiver {
  private static final int ANCILLARY_BYTES = 256;
  private static final int TIMEOUT_MILLIS = 10_000;

  private DescriptorReceiver() {}

  /**
   * The streams of a session, those that it has. The descriptors belong to the socket they came
   * through, which closes them with itself.
   */
  record Streams(
      Optional<OutputStream> stdin,
      Optional<InputStream> stdout,
      Optional<InputStream> stderr,
      Closeable owner) {}

  /** Takes them, on a connection of its own. The reads block in native code: a platform thread. */
  static Streams take(Path socket, long session) throws IOException {
    return PlatformThreads.call(() -> exchange(socket, session));
  }

  private static Streams exchange(Path path, long session) throws IOException {
    AFUNIXSocket socket = AFUNIXSocket.newInstance();
    try {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.setAncillaryReceiveBufferSize(ANCILLARY_BYTES);
      connect(socket, path);
      byte[] request = Frame.request(Wire.TAKE).number(Wire.TAG_EXEC_ID, session).encode();
      socket.getOutputStream().write(request);
      ByteBuffer header = ByteBuffer.wrap(read(socket.getInputStream(), Wire.HEADER_BYTES, path));
      int length = header.getInt();
      int version = header.getShort();
      int type = header.getShort();
      if (length < 0 || length > Wire.MAX_BODY_BYTES) {
        throw new ShimException(
            ShimException.Kind.PROTOCOL, "shim on " + path + " sent a frame of " + length);
      }
      Frame frame = Frame.parse(version, type, read(socket.getInputStream(), length, path));
      if (frame.type() != Wire.OK) {
        throw new ShimException(ShimException.Kind.REFUSED, frame.text(Wire.TAG_ERROR));
      }
      return streams(frame, socket, path);
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  private static void connect(AFUNIXSocket socket, Path path) throws IOException {
    try (SocketPath name = SocketPath.of(path)) {
      socket.connect(AFUNIXSocketAddress.of(name.path()));
    } catch (IOException e) {
      throw ShimConnection.noAnswer(path, e);
    }
  }

  private static byte[] read(InputStream in, int length, Path path) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new ShimException(
          ShimException.Kind.LOST, "connection to the shim on " + path + " is lost");
    }
    return bytes;
  }

  private static Streams streams(Frame frame, AFUNIXSocket socket, Path path) throws IOException {
    FileDescriptor[] descriptors = socket.getReceivedFileDescriptors();
    int[] tags = {Wire.TAG_STDIN, Wire.TAG_STDOUT, Wire.TAG_STDERR};
    FileDescriptor[] slots = new FileDescriptor[tags.length];
    int next = 0;
    for (int i = 0; i < tags.length; i++) {
      if (frame.flag(tags[i])) {
        if (descriptors == null || next == descriptors.length) {
          throw new ShimException(
              ShimException.Kind.PROTOCOL, "shim on " + path + " passed too few descriptors");
        }
        slots[i] = descriptors[next++];
      }
    }
    return new Streams(
        slots[0] == null
            ? Optional.empty()
            : Optional.of(PipeOutput.to(slots[0], number(slots[0]))),
        Optional.ofNullable(slots[1]).map(FileInputStream::new),
        Optional.ofNullable(slots[2]).map(FileInputStream::new),
        socket);
  }

  private static int number(FileDescriptor descriptor) throws IOException {
    return FileDescriptorCast.using(descriptor).as(Integer.class);
  }
}
