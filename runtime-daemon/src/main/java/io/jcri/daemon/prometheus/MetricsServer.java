package io.jcri.daemon.prometheus;

import io.jcri.daemon.budget.Bound;
import io.jcri.daemon.config.DaemonConfig.Tls;
import io.jcri.daemon.streaming.TlsFiles;
import io.jcri.daemon.system.SocketFile;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.timeout.WriteTimeoutHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * HTTP, by one thread of its own, which also looks at what is asked of the kernel: who scrapes
 * waits for each other, and for nobody else. Few connections, short requests; who is slow is cut.
 */
final class MetricsServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(MetricsServer.class);

  private static final int MOST_LINE = 4096;
  private static final int MOST_HEADERS = 8 * 1024;
  private static final int MOST_BODY = 1024;

  /** In which a client has to take an answer. */
  private static final int WRITE_SECONDS = 10;

  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(
          1,
          Thread.ofPlatform().name("jcri-metrics").daemon().factory(),
          EpollIoHandler.newFactory());
  private final ChannelGroup clients = new DefaultChannelGroup(group.next());
  private final SocketAddress address;
  private final Optional<TlsFiles> tls;
  private final Figures figures;
  private final Channel channel;

  /**
   * Listens.
   *
   * @throws IOException when the address can't be had, or the certificate not be used
   */
  static MetricsServer start(SocketAddress address, Optional<Tls> tls, Figures figures)
      throws IOException {
    Optional<TlsFiles> files =
        tls.isPresent() ? Optional.of(new TlsFiles(tls.get())) : Optional.empty();
    return new MetricsServer(address, files, figures);
  }

  private MetricsServer(SocketAddress address, Optional<TlsFiles> tls, Figures figures)
      throws IOException {
    this.address = address;
    this.tls = tls;
    this.figures = figures;
    try {
      this.channel =
          address instanceof UnixDomainSocketAddress unix
              ? listen(new SocketFile(unix.getPath()))
              : bind(EpollServerSocketChannel.class, address);
    } catch (IOException | RuntimeException e) {
      var _ = group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
      throw e;
    }
  }

  /** For root and its group. */
  private Channel listen(SocketFile file) throws IOException {
    file.prepare();
    Channel bound =
        bind(EpollServerDomainSocketChannel.class, new DomainSocketAddress(file.bound().toFile()));
    try {
      file.publish("rw-rw----");
      return bound;
    } catch (IOException e) {
      bound.close().awaitUninterruptibly();
      throw e;
    }
  }

  private Channel bind(Class<? extends ServerChannel> type, SocketAddress at) throws IOException {
    ServerBootstrap server = new ServerBootstrap().group(group).channel(type);
    if (at instanceof InetSocketAddress) {
      server.option(ChannelOption.SO_REUSEADDR, true);
    }
    ChannelFuture bound = server.childHandler(new Initializer()).bind(at).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IOException(
          "cannot listen on %s: %s".formatted(url(), bound.cause().getMessage()), bound.cause());
    }
    return bound.channel();
  }

  private final class Initializer extends ChannelInitializer<Channel> {
    @Override
    protected void initChannel(Channel client) {
      if (clients.size() >= Bound.METRICS_CONNECTIONS.limit()) {
        var _ = client.close();
        return;
      }
      clients.add(client);
      tls.ifPresent(files -> client.pipeline().addLast(files.current().newHandler(client.alloc())));
      client
          .pipeline()
          .addLast(
              new WriteTimeoutHandler(WRITE_SECONDS),
              new HttpServerCodec(MOST_LINE, MOST_HEADERS, MOST_BODY),
              new HttpObjectAggregator(MOST_BODY),
              new Scrapes(figures));
    }
  }

  /** Where it is, for people. */
  String url() {
    return switch (address) {
      case InetSocketAddress ip -> {
        String host = ip.getAddress().getHostAddress();
        yield "%s://%s:%d%s"
            .formatted(
                tls.isPresent() ? "https" : "http",
                host.contains(":") ? "[" + host + "]" : host,
                ip.getPort(),
                Scrapes.PATH);
      }
      default -> "unix://" + address;
    };
  }

  /** Cuts those who scrape. Nothing is left, the socket neither. */
  @Override
  public void close() {
    channel.close().awaitUninterruptibly();
    clients.close().awaitUninterruptibly();
    if (!group
        .shutdownGracefully(0, 1, TimeUnit.SECONDS)
        .awaitUninterruptibly(2, TimeUnit.SECONDS)) {
      log.warn("the network thread of metrics does not end");
    }
    if (address instanceof UnixDomainSocketAddress unix) {
      delete(unix.getPath());
    }
  }

  private static void delete(Path socket) {
    try {
      Files.deleteIfExists(socket);
      Files.deleteIfExists(new SocketFile(socket).bound().getParent());
    } catch (DirectoryNotEmptyException e) {
      log.debug("{} is another socket's, too", e.getMessage());
    } catch (IOException e) {
      log.warn("cannot delete {}: {}", socket, e.getMessage());
    }
  }
}
