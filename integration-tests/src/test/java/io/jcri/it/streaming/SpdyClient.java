package io.jcri.it.streaming;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.spdy.DefaultSpdyDataFrame;
import io.netty.handler.codec.spdy.DefaultSpdyPingFrame;
import io.netty.handler.codec.spdy.DefaultSpdyRstStreamFrame;
import io.netty.handler.codec.spdy.DefaultSpdySynStreamFrame;
import io.netty.handler.codec.spdy.SpdyDataFrame;
import io.netty.handler.codec.spdy.SpdyFrameCodec;
import io.netty.handler.codec.spdy.SpdyRstStreamFrame;
import io.netty.handler.codec.spdy.SpdyStreamStatus;
import io.netty.handler.codec.spdy.SpdyVersion;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.SocketFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** A SPDY client as kubectl is one: upgrades a connection and opens streams on it. */
public final class SpdyClient implements AutoCloseable {
  private final Socket socket;
  private final String answer;
  private final EmbeddedChannel codec =
      new EmbeddedChannel(new SpdyFrameCodec(SpdyVersion.SPDY_3_1));

  /** Guards the codec, and the order of what it makes. */
  private final ReentrantLock lock = new ReentrantLock();

  private final Map<Integer, SpdyStream> streams = new ConcurrentHashMap<>();
  private final CountDownLatch mayRead;
  private int nextId = 1;

  private SpdyClient(Socket socket, String answer, boolean reading) {
    this.socket = socket;
    this.answer = answer;
    this.mayRead = new CountDownLatch(reading ? 0 : 1);
    Thread.ofPlatform().daemon().name("spdy-client").start(this::read);
  }

  /** Connects and upgrades; the answer may be a refusal. */
  public static SpdyClient connect(String url, String... protocols) throws IOException {
    return connect(url, true, protocols);
  }

  /** As above, but reads nothing from the socket before {@link #read} is allowed. */
  static SpdyClient lazy(String url, String... protocols) throws IOException {
    return connect(url, false, protocols);
  }

  private static SpdyClient connect(String url, boolean reading, String... protocols)
      throws IOException {
    URI uri = URI.create(url);
    Socket socket =
        uri.getScheme().equals("https")
            ? trusting().createSocket(uri.getHost(), uri.getPort())
            : new Socket(uri.getHost(), uri.getPort());
    String request =
        "POST %s HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n%sContent-Length: 0\r\n\r\n"
            .formatted(
                uri.getPath(),
                uri.getAuthority(),
                protocols.length == 0
                    ? ""
                    : "X-Stream-Protocol-Version: " + String.join(", ", protocols) + "\r\n");
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    return new SpdyClient(socket, head(socket.getInputStream()), reading);
  }

  /** Trusts every server, as the kubelet trusts the runtime beside it. */
  private static SocketFactory trusting() throws IOException {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
      return context.getSocketFactory();
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
  }

  /** The subject of the server's certificate. */
  String serverName() throws IOException {
    return ((SSLSocket) socket).getSession().getPeerPrincipal().getName();
  }

  /** An answer's head, byte by byte: what follows it belongs to the codec. */
  static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("connection ended after: " + head);
      }
      head.append((char) next);
    }
    return head.toString();
  }

  /** The head of the server's answer. */
  String answer() {
    return answer;
  }

  /** Opens a stream; names and values of headers in turn. */
  public SpdyStream open(String... headers) throws IOException {
    lock.lock();
    try {
      int id = nextId;
      nextId += 2;
      DefaultSpdySynStreamFrame frame = new DefaultSpdySynStreamFrame(id, 0, (byte) 0);
      for (int i = 0; i < headers.length; i += 2) {
        frame.headers().set(headers[i], headers[i + 1]);
      }
      SpdyStream stream = new SpdyStream(this, id);
      streams.put(id, stream);
      send(frame);
      return stream;
    } finally {
      lock.unlock();
    }
  }

  void data(int id, byte[] data, boolean last) throws IOException {
    DefaultSpdyDataFrame frame = new DefaultSpdyDataFrame(id, Unpooled.wrappedBuffer(data));
    frame.setLast(last);
    send(frame);
  }

  void reset(int id) throws IOException {
    send(new DefaultSpdyRstStreamFrame(id, SpdyStreamStatus.CANCEL));
  }

  /** Shows that the client is there. */
  void ping() throws IOException {
    send(new DefaultSpdyPingFrame(1));
  }

  private void send(Object frame) throws IOException {
    lock.lock();
    try {
      codec.writeOutbound(frame);
      for (ByteBuf bytes = codec.readOutbound(); bytes != null; bytes = codec.readOutbound()) {
        bytes.readBytes(socket.getOutputStream(), bytes.readableBytes());
        bytes.release();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Allows a lazy client to read. */
  void startReading() {
    mayRead.countDown();
  }

  private void read() {
    byte[] buffer = new byte[65536];
    try {
      mayRead.await();
      int count;
      while ((count = socket.getInputStream().read(buffer)) >= 0) {
        received(Unpooled.copiedBuffer(buffer, 0, count));
      }
    } catch (IOException | InterruptedException ended) {
      // The streams are told below.
    }
    streams.values().forEach(SpdyStream::ended);
  }

  private void received(ByteBuf bytes) {
    lock.lock();
    try {
      codec.writeInbound(bytes);
      for (Object frame = codec.readInbound(); frame != null; frame = codec.readInbound()) {
        dispatch(frame);
        ReferenceCountUtil.release(frame);
      }
    } finally {
      lock.unlock();
    }
  }

  private void dispatch(Object frame) {
    switch (frame) {
      case SpdyDataFrame data when streams.containsKey(data.streamId()) -> {
        byte[] bytes = new byte[data.content().readableBytes()];
        data.content().readBytes(bytes);
        streams.get(data.streamId()).received(bytes);
        if (data.isLast()) {
          streams.get(data.streamId()).ended();
        }
      }
      case SpdyRstStreamFrame reset when streams.containsKey(reset.streamId()) ->
          streams.get(reset.streamId()).ended();
      default -> {
        // replies, pings, goodbyes
      }
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
