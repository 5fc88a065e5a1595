package io.jcri.daemon.streaming.spdy;

import io.jcri.daemon.streaming.link.ClientConnection;
import io.jcri.daemon.streaming.link.Inbound;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.spdy.DefaultSpdyGoAwayFrame;
import io.netty.handler.codec.spdy.DefaultSpdyRstStreamFrame;
import io.netty.handler.codec.spdy.DefaultSpdySynReplyFrame;
import io.netty.handler.codec.spdy.SpdyDataFrame;
import io.netty.handler.codec.spdy.SpdyFrameCodec;
import io.netty.handler.codec.spdy.SpdyGoAwayFrame;
import io.netty.handler.codec.spdy.SpdyHeaders;
import io.netty.handler.codec.spdy.SpdyPingFrame;
import io.netty.handler.codec.spdy.SpdyRstStreamFrame;
import io.netty.handler.codec.spdy.SpdySessionStatus;
import io.netty.handler.codec.spdy.SpdyStreamStatus;
import io.netty.handler.codec.spdy.SpdySynReplyFrame;
import io.netty.handler.codec.spdy.SpdySynStreamFrame;
import io.netty.handler.codec.spdy.SpdyVersion;
import io.netty.util.ReferenceCountUtil;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The streams of one SPDY/3.1 connection, all opened by the client. Frames that mean nothing here
 * (settings, window updates, priorities) are passed over, as the kubelet's library does.
 */
public final class SpdyMux extends ChannelInboundHandlerAdapter {
  /** Bytes of one data frame that we send. */
  static final int MOST_DATA = 32 * 1024;

  /** All headers of one stream, uncompressed; the kubelet's have a hundred bytes. */
  private static final int MOST_HEADER_BYTES = 16 * 1024;

  private static final int MOST_STREAMS = 512;

  /** What a client's new streams are for. */
  public interface Listener {
    /**
     * A client opened a stream; on the connection's thread.
     *
     * @return whether it is accepted; if not, the client is told so
     */
    boolean opened(SpdyStream stream);
  }

  private final ClientConnection connection;
  private final Listener listener;
  private final Map<Integer, SpdyStream> streams = new ConcurrentHashMap<>();
  private int lastStream;

  public SpdyMux(ClientConnection connection, Listener listener) {
    this.connection = connection;
    this.listener = listener;
  }

  /** The codec to put before the mux. */
  public static ChannelHandler codec() {
    return new Codec();
  }

  private static final class Codec extends SpdyFrameCodec {
    Codec() {
      super(SpdyVersion.SPDY_3_1, ClientConnection.MOST_READ, MOST_HEADER_BYTES, 6, 15, 8);
    }

    /**
     * Netty's own asks for more here although the connection is not to be read: it takes nothing to
     * have been handed on, since frames of data don't go through its list.
     */
    @Override
    public void channelReadComplete(ChannelHandlerContext context) throws Exception {
      if (context.channel().config().isAutoRead()) {
        super.channelReadComplete(context);
      } else {
        context.fireChannelReadComplete();
      }
    }
  }

  /** Says that the connection is at its end. */
  public ChannelFuture goAway() {
    return connection
        .channel()
        .writeAndFlush(new DefaultSpdyGoAwayFrame(lastStream, SpdySessionStatus.OK));
  }

  ClientConnection connection() {
    return connection;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    try {
      switch (message) {
        case SpdyDataFrame data -> data(data);
        case SpdySynStreamFrame open -> open(context, open);
        case SpdyRstStreamFrame reset -> brokenOff(reset.streamId());
        case SpdyPingFrame ping when ping.id() % 2 != 0 ->
            connection.answer(context, ReferenceCountUtil.retain(ping));
        case SpdyGoAwayFrame _ -> connection.cut("the client said goodbye");
        default -> {
          // of no consequence
        }
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void data(SpdyDataFrame frame) {
    @Nullable SpdyStream stream = streams.get(frame.streamId());
    if (stream != null) {
      stream.received(frame.content(), frame.isLast());
      removeIfOver(stream);
    }
  }

  private void open(ChannelHandlerContext context, SpdySynStreamFrame frame) {
    int id = frame.streamId();
    if (frame.isInvalid() || frame.isTruncated()) {
      connection.cut("headers of stream %d are malformed or too large".formatted(id));
      return;
    }
    if (id % 2 == 0 || id <= lastStream) {
      refuse(context, id, SpdyStreamStatus.PROTOCOL_ERROR);
      return;
    }
    lastStream = id;
    if (streams.size() >= MOST_STREAMS) {
      refuse(context, id, SpdyStreamStatus.REFUSED_STREAM);
      return;
    }
    SpdyStream stream = new SpdyStream(this, id, frame.headers(), new Inbound(connection));
    streams.put(id, stream);
    if (!listener.opened(stream)) {
      stream.gone();
      streams.remove(id);
      refuse(context, id, SpdyStreamStatus.REFUSED_STREAM);
      return;
    }
    connection.answer(context, reply(id));
    if (frame.isLast()) {
      stream.remoteEnded();
      removeIfOver(stream);
    }
  }

  /** Not without headers: the codec leaves an empty block out, and the client then fails. */
  private static SpdySynReplyFrame reply(int id) {
    SpdySynReplyFrame reply = new DefaultSpdySynReplyFrame(id);
    reply.headers().set(SpdyHeaders.HttpNames.STATUS, "200");
    reply.headers().set(SpdyHeaders.HttpNames.VERSION, "HTTP/1.1");
    return reply;
  }

  private void refuse(ChannelHandlerContext context, int id, SpdyStreamStatus why) {
    connection.answer(context, new DefaultSpdyRstStreamFrame(id, why));
  }

  private void brokenOff(int id) {
    @Nullable SpdyStream stream = streams.remove(id);
    if (stream != null) {
      stream.brokenOff();
    }
  }

  /** Resets a stream; from any thread. */
  void reset(SpdyStream stream) {
    if (streams.remove(stream.id(), stream)) {
      stream.gone();
      var cancel = new DefaultSpdyRstStreamFrame(stream.id(), SpdyStreamStatus.CANCEL);
      var _ = connection.channel().writeAndFlush(cancel);
    }
  }

  /** Our half of a stream has ended; from any thread. */
  void ended(SpdyStream stream) {
    removeIfOver(stream);
  }

  private void removeIfOver(SpdyStream stream) {
    if (stream.over()) {
      streams.remove(stream.id(), stream);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    streams.values().forEach(SpdyStream::gone);
    streams.clear();
    context.fireChannelInactive();
  }
}
