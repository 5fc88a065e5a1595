package io.jcri.daemon.streaming.spdy;

import io.jcri.daemon.streaming.link.ClientStream;
import io.jcri.daemon.streaming.link.Inbound;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.spdy.DefaultSpdyDataFrame;
import io.netty.handler.codec.spdy.SpdyHeaders;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** A stream that the client has opened. */
public final class SpdyStream implements ClientStream {
  private final SpdyMux mux;
  private final int id;
  private final SpdyHeaders headers;
  private final Inbound inbound;
  private final AtomicBoolean localEnded = new AtomicBoolean();
  private volatile boolean remoteEnded;
  private volatile boolean reset;

  SpdyStream(SpdyMux mux, int id, SpdyHeaders headers, Inbound inbound) {
    this.mux = mux;
    this.id = id;
    this.headers = headers;
    this.inbound = inbound;
  }

  /** Odd, and larger than that of any stream opened before on this connection. */
  public int id() {
    return id;
  }

  /** The first value of a header, whose name's case does not matter. */
  public Optional<String> header(String name) {
    CharSequence value = headers.get(name);
    return value == null ? Optional.empty() : Optional.of(value.toString());
  }

  @Override
  public InputStream input() {
    return inbound;
  }

  @Override
  public void ignoreInput() {
    inbound.close();
  }

  @Override
  public OutputStream output() {
    return new Output();
  }

  @Override
  public void abort() {
    mux.reset(this);
  }

  /** Data came, good for this call only; on the connection's thread, as all below. */
  void received(ByteBuf data, boolean last) {
    inbound.offer(data);
    if (last) {
      remoteEnded();
    }
  }

  void remoteEnded() {
    remoteEnded = true;
    inbound.end();
  }

  /** Neither side sends any more. */
  boolean over() {
    return reset || (remoteEnded && localEnded.get());
  }

  /** The connection's end, or we ourselves, took the stream away. */
  void gone() {
    reset = true;
    remoteEnded();
  }

  /** The client took the stream away. */
  void brokenOff() {
    reset = true;
    inbound.breakOff();
  }

  private final class Output extends OutputStream {
    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] data, int offset, int length) throws IOException {
      for (int done = 0; done < length; ) {
        int piece = Math.min(SpdyMux.MOST_DATA, length - done);
        ByteBuf copy = mux.connection().buffer(piece).writeBytes(data, offset + done, piece);
        send(new DefaultSpdyDataFrame(id, copy));
        done += piece;
      }
    }

    private void send(DefaultSpdyDataFrame frame) throws IOException {
      if (reset || localEnded.get()) {
        frame.release();
        throw new IOException(reset ? "the client closed the stream" : "the stream was closed");
      }
      mux.connection().send(frame);
    }

    @Override
    public void close() throws IOException {
      if (reset || !localEnded.compareAndSet(false, true)) {
        return;
      }
      DefaultSpdyDataFrame end = new DefaultSpdyDataFrame(id);
      end.setLast(true);
      mux.connection().send(end);
      mux.ended(SpdyStream.this);
    }
  }
}
