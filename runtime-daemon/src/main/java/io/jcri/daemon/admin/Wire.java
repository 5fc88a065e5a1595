package io.jcri.daemon.admin;

import io.jcri.oci.Json;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One side of a connection: lines of JSON, and content in pieces between them. One thread reads and
 * one writes at a time.
 */
final class Wire implements Closeable {
  /** The only version there is. */
  static final int VERSION = 1;

  /** What is sent at once of content: a reader holds no more than that of it. */
  private static final int PIECE = 256 << 10;

  /** A list of images, or one image with its config. */
  private static final int MAX_LINE = 16 << 20;

  /**
   * A line that is no answer; an answer has none of these names.
   *
   * @param content how many bytes follow
   * @param done whether this is the end, and all is well
   */
  record Control(int content, boolean done, Optional<Failure> failed) {
    boolean isAnswer() {
      return content == 0 && !done && failed.isEmpty();
    }
  }

  /**
   * Why it went wrong.
   *
   * @param kind by the names of {@link io.jcri.oci.OciException.Kind}
   * @param message one line for a person
   */
  record Failure(String kind, String message) {}

  private final SocketChannel channel;
  private final InputStream in;
  private final OutputStream out;

  Wire(SocketChannel channel) {
    this.channel = channel;
    this.in = new BufferedInputStream(Channels.newInputStream(channel), 64 << 10);
    this.out = Channels.newOutputStream(channel);
  }

  /**
   * Reads the next line.
   *
   * @return null at the end of the stream
   */
  byte @Nullable [] line() throws IOException {
    return line(MAX_LINE);
  }

  byte @Nullable [] line(int most) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        if (line.size() == 0) {
          return null;
        }
        throw new EOFException("the connection has ended in the middle of a line");
      }
      if (line.size() == most) {
        throw new IOException("a line has more than " + most + " bytes");
      }
      line.write(next);
    }
    return line.toByteArray();
  }

  /** Writes a record or tree as a line. */
  void write(Object line) throws IOException {
    byte[] json = Json.toBytes(line);
    byte[] whole = new byte[json.length + 1];
    System.arraycopy(json, 0, whole, 0, json.length);
    whole[json.length] = '\n';
    out.write(whole);
  }

  void done() throws IOException {
    write(Map.of("done", true));
  }

  void failed(String kind, String message) throws IOException {
    write(Map.of("failed", new Failure(kind, message.replace('\n', ' '))));
  }

  /** A line as it was before there was JSON. */
  void writeText(String line) throws IOException {
    out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
  }

  /** Waits for the other side's next byte or its end; there is nothing to come but the end. */
  void awaitEnd() throws IOException {
    while (in.read() >= 0) {
      // nobody sends anything here
    }
  }

  /** Reads the bytes of a piece whose line was read. */
  void copyPiece(int length, OutputStream target) throws IOException {
    byte[] piece = in.readNBytes(length);
    if (piece.length < length) {
      throw new EOFException("the connection has ended in the middle of the content");
    }
    target.write(piece);
  }

  /** Writes all of a stream as content, up to its {@code done}. */
  void send(InputStream content) throws IOException {
    OutputStream pieces = pieces();
    byte[] buffer = new byte[PIECE];
    for (int n = content.readNBytes(buffer, 0, PIECE);
        n > 0;
        n = content.readNBytes(buffer, 0, PIECE)) {
      pieces.write(buffer, 0, n);
    }
    done();
  }

  /** What is written becomes pieces at once; closing it does nothing. */
  OutputStream pieces() {
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        for (int at = 0; at < length; at += PIECE) {
          int piece = Math.min(PIECE, length - at);
          Wire.this.write(Map.of("content", piece));
          out.write(bytes, offset + at, piece);
        }
      }
    };
  }

  /**
   * The content that the other side sends.
   *
   * @param atEnd is run once its {@code done} was read
   */
  InputStream content(Runnable atEnd) {
    return new Content(atEnd);
  }

  private final class Content extends InputStream {
    private final Runnable atEnd;
    private int left;
    private boolean ended;

    Content(Runnable atEnd) {
      this.atEnd = atEnd;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      if (left == 0 && !ended) {
        next();
      }
      if (ended) {
        return -1;
      }
      int count = in.read(target, offset, Math.min(left, length));
      if (count < 0) {
        throw new EOFException("the client has gone in the middle of the content");
      }
      left -= count;
      return count;
    }

    private void next() throws IOException {
      byte[] line = line(MAX_LINE);
      if (line == null) {
        throw new EOFException("the client has gone before the end of the content");
      }
      Control control = Json.parse(line, Control.class);
      if (control.done()) {
        ended = true;
        atEnd.run();
      } else if (control.content() > 0) {
        left = control.content();
      } else {
        throw new IOException("content was expected");
      }
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
