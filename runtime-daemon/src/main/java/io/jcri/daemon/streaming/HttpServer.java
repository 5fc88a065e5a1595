package io.jcri.daemon.streaming;

import io.jcri.daemon.budget.Bound;
import io.jcri.daemon.streaming.link.ClientConnection;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.timeout.IdleStateHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The bound port and its one network thread. Loaded with the first streaming request, and Netty
 * with it.
 */
final class HttpServer implements AutoCloseable {
  private static final int MOST_CONNECTIONS = (int) Bound.STREAMING_CONNECTIONS.limit();
  private static final int MOST_LINE = 4096;
  private static final int MOST_HEADERS = 16 * 1024;
  private static final int MOST_BODY = 1024;

  /** Bytes on their way to a client that does not read: from the second on a sender waits. */
  private static final WriteBufferWaterMark WATER_MARK =
      new WriteBufferWaterMark(32 * 1024, 96 * 1024);

  private final EventLoopGroup group;
  private final ChannelGroup clients;
  private final Channel server;

  /**
   * Binds.
   *
   * @param gate makes the handler of each connection's request
   * @throws IOException when the address can't be bound
   */
  HttpServer(
      InetSocketAddress address,
      Supplier<Duration> idleTimeout,
      Optional<TlsFiles> tls,
      Supplier<RequestGate> gate)
      throws IOException {
    boolean epoll = Epoll.isAvailable();
    this.group =
        new MultiThreadIoEventLoopGroup(
            1,
            Thread.ofPlatform().name("jcri-streaming").daemon().factory(),
            epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    this.clients = new DefaultChannelGroup(group.next());
    Class<? extends ServerChannel> type =
        epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    var bound =
        new ServerBootstrap()
            .group(group)
            .channel(type)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.SO_KEEPALIVE, true)
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, false)
            .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
            .childOption(
                ChannelOption.RECVBUF_ALLOCATOR,
                new AdaptiveRecvByteBufAllocator(64, 2048, ClientConnection.MOST_READ))
            .childHandler(new Initializer(idleTimeout, tls, gate))
            .bind(address)
            .awaitUninterruptibly();
    this.server = bound.channel();
    if (!bound.isSuccess()) {
      var _ = group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
      throw new IOException(
          "the streaming server can't listen on %s: %s"
              .formatted(address, bound.cause().getMessage()),
          bound.cause());
    }
  }

  private final class Initializer extends ChannelInitializer<Channel> {
    private final Supplier<Duration> idleTimeout;
    private final Optional<TlsFiles> tls;
    private final Supplier<RequestGate> gate;

    Initializer(
        Supplier<Duration> idleTimeout, Optional<TlsFiles> tls, Supplier<RequestGate> gate) {
      this.idleTimeout = idleTimeout;
      this.tls = tls;
      this.gate = gate;
    }

    @Override
    protected void initChannel(Channel channel) {
      if (clients.size() >= MOST_CONNECTIONS) {
        var _ = channel.close();
        return;
      }
      clients.add(channel);
      tls.ifPresent(
          files -> channel.pipeline().addLast(files.current().newHandler(channel.alloc())));
      channel
          .pipeline()
          .addLast(
              new IdleStateHandler(0, 0, idleTimeout.get().toSeconds(), TimeUnit.SECONDS),
              new HttpServerCodec(MOST_LINE, MOST_HEADERS, MOST_BODY),
              new HttpObjectAggregator(MOST_BODY),
              gate.get());
    }
  }

  /** The port it listens on. */
  int port() {
    return ((InetSocketAddress) server.localAddress()).getPort();
  }

  /** Cuts all sessions. */
  @Override
  public void close() {
    server.close().awaitUninterruptibly();
    clients.close().awaitUninterruptibly();
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
  }
}
