package io.jcri.daemon.streaming.websocket;

import io.jcri.daemon.streaming.link.ClientStream;
import io.jcri.daemon.streaming.link.Inbound;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * A channel of a WebSocket. No protocol tells the client that one channel has ended: closing the
 * output says nothing, and the client learns of it with the WebSocket's end.
 */
public final class WebSocketChannel implements ClientStream {
  /** Bytes of one message; the kubelet's client reads up to 32 KiB at once. */
  private static final int MOST_DATA = 32 * 1024;

  private final WebSocketMux mux;
  private final int number;
  private final Inbound inbound;
  private volatile boolean closed;

  WebSocketChannel(WebSocketMux mux, int number) {
    this.mux = mux;
    this.number = number;
    this.inbound = new Inbound(mux.connection());
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
    closed = true;
    inbound.close();
  }

  /** Sends a message without data, which tells the client that the channel is there. */
  public void announce() throws IOException {
    mux.connection().send(mux.message(number, new byte[0], 0, 0));
  }

  /** Data came, good for this call only. */
  void received(ByteBuf data) {
    inbound.offer(data);
  }

  void remoteEnded() {
    inbound.end();
  }

  void gone() {
    closed = true;
    inbound.end();
  }

  private final class Output extends OutputStream {
    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] data, int offset, int length) throws IOException {
      for (int done = 0; done < length; ) {
        if (closed) {
          throw new IOException("the channel was closed");
        }
        int piece = Math.min(MOST_DATA, length - done);
        mux.connection().send(mux.message(number, data, offset + done, piece));
        done += piece;
      }
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
