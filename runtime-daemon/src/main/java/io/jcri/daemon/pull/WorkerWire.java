package io.jcri.daemon.pull;

import io.jcri.oci.Json;
import io.jcri.oci.OciException;
import io.jcri.sandbox.linux.Reasons;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One side of a connection between daemon and worker. A message is three lengths of four bytes each
 * and then what they count: its name, its JSON, and bytes that come with it. One thread may read
 * while others write; a thread that does either must not be interrupted, as that closes it.
 */
final class WorkerWire implements Closeable {

  private static final int BUFFER = 64 << 10;
  private static final int MAX_NAME = 64;

  /** Most are small; this is an image with a few thousand layers. */
  private static final int MAX_JSON = 8 << 20;

  /** The largest config and the largest piece of an archive. */
  private static final int MAX_BYTES = 5 << 20;

  private static final Map<String, Class<?>> TYPES =
      Stream.concat(
              Stream.of(WorkerMessages.FromWorker.class.getPermittedSubclasses()),
              Stream.of(WorkerMessages.Request.class, WorkerMessages.Answer.class))
          .collect(Collectors.toUnmodifiableMap(Class::getSimpleName, Function.identity()));

  /**
   * A message.
   *
   * @param body one of {@link WorkerMessages}
   * @param bytes that came with it, mostly none
   */
  @SuppressWarnings("ArrayRecordComponent") // nobody compares two of them
  record Message(Object body, byte[] bytes) {}

  private final SocketChannel channel;
  private final DataInputStream in;
  private final DataOutputStream out;

  /** Held for a whole message. */
  private final ReentrantLock writing = new ReentrantLock();

  WorkerWire(SocketChannel channel) {
    this.channel = channel;
    this.in =
        new DataInputStream(new BufferedInputStream(Channels.newInputStream(channel), BUFFER));
    this.out =
        new DataOutputStream(new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER));
  }

  /**
   * Reads the next message.
   *
   * @return null at the end of the stream
   * @throws IOException also for what is no message
   */
  @Nullable Message read() throws IOException {
    int first = in.read();
    if (first < 0) {
      return null;
    }
    int name = first << 24 | in.readUnsignedByte() << 16 | in.readUnsignedShort();
    int json = in.readInt();
    int bytes = in.readInt();
    if (outside(name, MAX_NAME) || outside(json, MAX_JSON) || outside(bytes, MAX_BYTES)) {
      throw new IOException("a message of %d, %d and %d bytes".formatted(name, json, bytes));
    }
    String type = new String(exactly(name), StandardCharsets.US_ASCII);
    Class<?> known = TYPES.get(type);
    if (known == null) {
      throw new IOException("a message of the unknown type " + type);
    }
    try {
      return new Message(Json.parse(exactly(json), known), exactly(bytes));
    } catch (OciException e) {
      throw new IOException("a message that cannot be read: " + Reasons.of(e), e);
    }
  }

  private static boolean outside(int length, int most) {
    return length < 0 || length > most;
  }

  private byte[] exactly(int length) throws IOException {
    byte[] read = in.readNBytes(length);
    if (read.length < length) {
      throw new EOFException("the connection has ended in the middle of a message");
    }
    return read;
  }

  void write(Object body) throws IOException {
    write(body, new byte[0], 0);
  }

  /** Writes a message and bytes that come with it. */
  void write(Object body, byte[] bytes, int count) throws IOException {
    byte[] name = body.getClass().getSimpleName().getBytes(StandardCharsets.US_ASCII);
    byte[] json = Json.toBytes(body);
    writing.lock();
    try {
      out.writeInt(name.length);
      out.writeInt(json.length);
      out.writeInt(count);
      out.write(name);
      out.write(json);
      out.write(bytes, 0, count);
      out.flush();
    } finally {
      writing.unlock();
    }
  }

  /** Says that nothing more will be written; reading goes on. */
  void endWriting() throws IOException {
    channel.shutdownOutput();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
