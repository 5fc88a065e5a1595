package io.jcri.sandbox.linux;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;

/**
 * A connection to a unix socket whose other side passes descriptors along with what it says
 * (SCM_RIGHTS, unix(7)), which the JDK's sockets throw away. Used by one thread; each wait holds
 * it, so a platform thread.
 */
public final class DescriptorSocket implements AutoCloseable {
  private static final int AF_UNIX = 1;
  private static final int SOCK_STREAM = 1;
  private static final int SOCK_CLOEXEC = 02000000;
  private static final int MSG_NOSIGNAL = 0x4000;
  private static final int MSG_CMSG_CLOEXEC = 0x40000000;
  private static final int MSG_CTRUNC = 8;
  private static final int SOL_SOCKET = 1;
  private static final int SCM_RIGHTS = 1;
  private static final int POLLIN = 1;

  /** sun_family and sun_path of {@code struct sockaddr_un}. */
  private static final int ADDRESS_BYTES = 2 + SocketPath.MAX_BYTES + 1;

  /** {@code struct msghdr} and {@code struct iovec} where a long has 64 bits. */
  private static final int MESSAGE_BYTES = 56;

  private static final int VECTOR_BYTES = 16;

  /** {@code struct cmsghdr} and what may come behind it. */
  private static final int CONTROL_HEADER_BYTES = 16;

  private static final int CONTROL_BYTES = 256;

  private final Fd socket;
  private final String name;
  private final Queue<Fd> descriptors = new ArrayDeque<>();

  private DescriptorSocket(Fd socket, String name) {
    this.socket = socket;
    this.name = name;
  }

  /**
   * Connects to who listens on a path.
   *
   * @throws IOException when nobody does
   */
  public static DescriptorSocket connect(Path path) throws IOException {
    try (Frame frame = new Frame();
        SocketPath shortPath = SocketPath.of(path)) {
      byte[] bytes = shortPath.path().toString().getBytes(StandardCharsets.UTF_8);
      MemorySegment address = frame.memory(ADDRESS_BYTES);
      address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
      MemorySegment.copy(bytes, 0, address, ValueLayout.JAVA_BYTE, 2, bytes.length);
      Fd socket =
          new Fd(
              (int)
                  frame.call(
                      "open a socket",
                      "AF_UNIX",
                      SyscallNumbers.SOCKET,
                      AF_UNIX,
                      SOCK_STREAM | SOCK_CLOEXEC,
                      0),
              path.toString());
      try {
        frame.call(
            "connect to",
            path.toString(),
            SyscallNumbers.CONNECT,
            socket.number(),
            address.address(),
            ADDRESS_BYTES);
      } catch (IOException | RuntimeException e) {
        socket.close();
        throw e;
      }
      return new DescriptorSocket(socket, path.toString());
    }
  }

  /** Sends all of it. */
  public void write(byte[] bytes) throws IOException {
    try (Frame frame = new Frame()) {
      MemorySegment copy = frame.copyOf(bytes);
      for (long done = 0; done < bytes.length; ) {
        done +=
            frame.call(
                "write to",
                name,
                SyscallNumbers.SENDTO,
                socket.number(),
                copy.address() + done,
                bytes.length - done,
                MSG_NOSIGNAL,
                0,
                0);
      }
    }
  }

  /**
   * Reads so many bytes, and keeps the descriptors that come along.
   *
   * @param patience how long to wait for each part of it
   * @throws EOFException the other side has closed before
   * @throws SocketTimeoutException nothing came
   */
  public byte[] read(int length, Duration patience) throws IOException {
    try (Frame frame = new Frame()) {
      MemorySegment bytes = frame.memory(Math.max(1, length));
      for (int done = 0; done < length; ) {
        if (Linux.get().poll(List.of(socket), POLLIN, patience)[0] == 0) {
          throw new SocketTimeoutException(
              "nothing came from %s for %d ms".formatted(name, patience.toMillis()));
        }
        long count = receive(frame, bytes.asSlice(done, length - done));
        if (count == 0) {
          throw new EOFException("the other side of " + name + " has closed");
        }
        done += (int) count;
      }
      return bytes.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
    }
  }

  private long receive(Frame frame, MemorySegment into) throws IOException {
    MemorySegment vector = frame.memory(VECTOR_BYTES);
    vector.set(ValueLayout.JAVA_LONG, 0, into.address());
    vector.set(ValueLayout.JAVA_LONG, 8, into.byteSize());
    MemorySegment control = frame.memory(CONTROL_BYTES);
    MemorySegment message = frame.memory(MESSAGE_BYTES);
    message.set(ValueLayout.JAVA_LONG, 16, vector.address());
    message.set(ValueLayout.JAVA_LONG, 24, 1);
    message.set(ValueLayout.JAVA_LONG, 32, control.address());
    message.set(ValueLayout.JAVA_LONG, 40, CONTROL_BYTES);
    long count =
        frame.call(
            "read from",
            name,
            SyscallNumbers.RECVMSG,
            socket.number(),
            message.address(),
            MSG_CMSG_CLOEXEC);
    take(control.asSlice(0, message.get(ValueLayout.JAVA_LONG, 40)));
    if ((message.get(ValueLayout.JAVA_INT, 48) & MSG_CTRUNC) != 0) {
      throw new IOException("the other side of " + name + " passes too many descriptors");
    }
    return count;
  }

  /** Descriptors are ours from now on, whatever becomes of the rest. */
  private void take(MemorySegment control) {
    for (long at = 0; at + CONTROL_HEADER_BYTES <= control.byteSize(); ) {
      long length = control.get(ValueLayout.JAVA_LONG, at);
      boolean rights =
          control.get(ValueLayout.JAVA_INT, at + 8) == SOL_SOCKET
              && control.get(ValueLayout.JAVA_INT, at + 12) == SCM_RIGHTS;
      for (long i = CONTROL_HEADER_BYTES;
          rights && i + Integer.BYTES <= length;
          i += Integer.BYTES) {
        descriptors.add(
            new Fd(control.get(ValueLayout.JAVA_INT, at + i), "descriptor passed by " + name));
      }
      at += Math.max(CONTROL_HEADER_BYTES, (length + 7) / 8 * 8);
    }
  }

  /** The next of the descriptors that have come, which is the caller's then. */
  public Optional<Fd> nextDescriptor() {
    return Optional.ofNullable(descriptors.poll());
  }

  /** Closes the connection and the descriptors that nobody has taken. */
  @Override
  public void close() {
    descriptors.forEach(Fd::close);
    descriptors.clear();
    socket.close();
  }
}
