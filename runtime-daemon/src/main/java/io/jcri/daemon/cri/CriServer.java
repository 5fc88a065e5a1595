package io.jcri.daemon.cri;

import io.grpc.BindableService;
import io.grpc.Codec;
import io.grpc.DecompressorRegistry;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInboundHandlerAdapter;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.ServerChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import io.jcri.cri.v1.RuntimeServiceGrpc;
import io.jcri.daemon.budget.Bound;
import io.jcri.daemon.cri.call.BoundedRequests;
import io.jcri.daemon.cri.call.Caller;
import io.jcri.daemon.cri.call.MeteredCalls;
import io.jcri.daemon.cri.call.PromptCalls;
import io.jcri.daemon.cri.call.Requests;
import io.jcri.daemon.system.HeapGuard;
import io.jcri.daemon.system.SocketFile;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * gRPC on the CRI socket, a virtual thread for each call. The only class that knows grpc-java's
 * shaded Netty.
 *
 * <p>Start and stop are called once each, by one thread.
 */
public final class CriServer {
  /** Who has an event is noted before the caller can do anything about it. */
  private static final PromptCalls PROMPT =
      new PromptCalls(Set.of(RuntimeServiceGrpc.getGetContainerEventsMethod().getFullMethodName()));

  private static final Logger log = LoggerFactory.getLogger(CriServer.class);

  private static final int DRAIN_SECONDS = 5;

  /** What comes is counted as it comes: 16 KiB of gzip may be 16 MiB. No client of CRI packs. */
  private static final DecompressorRegistry UNCOMPRESSED =
      DecompressorRegistry.emptyInstance().with(Codec.Identity.NONE, false);

  private final Path socket;
  private final Server server;
  private final EventLoopGroup acceptor;
  private final EventLoopGroup worker;
  private final ExecutorService calls;
  private final SocketFile file;
  private Optional<Object> ownKey = Optional.empty();

  /**
   * Does nothing yet.
   *
   * @param traces of each call that is not refused
   */
  public CriServer(Path socket, List<BindableService> services, Traces traces) {
    this.socket = socket;
    this.file = new SocketFile(socket);
    this.acceptor = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    this.worker = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    this.calls =
        Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().uncaughtExceptionHandler(HeapGuard.ofCalls()).factory());
    Requests requests = new Requests();
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(new DomainSocketAddress(file.bound().toFile()))
            .channelFactory(CriServer::listening)
            .bossEventLoopGroup(acceptor)
            .workerEventLoopGroup(worker)
            .decompressorRegistry(UNCOMPRESSED)
            .maxInboundMessageSize((int) Bound.REQUEST.limit())
            .maxConcurrentCallsPerConnection((int) Bound.CALLS_OF_A_CONNECTION.limit())
            .addStreamTracerFactory(requests)
            .addStreamTracerFactory(new MeteredCalls())
            .intercept(new Caller())
            .executor(calls)
            .callExecutor(PROMPT);
    traces.interceptors().forEach(builder::intercept);
    builder.intercept(requests); // the last is the first that sees a call
    services.forEach(service -> builder.addService(BoundedRequests.of(service.bindService())));
    this.server = builder.build();
  }

  /** A listening channel that closes what connects once there are as many as may be. */
  private static ServerChannel listening() {
    ServerChannel channel = new EpollServerDomainSocketChannel();
    channel.pipeline().addFirst(new Connections());
    return channel;
  }

  /** Only the acceptor's one thread counts up; any thread may count down. */
  private static final class Connections extends ChannelInboundHandlerAdapter {
    private final AtomicInteger open = new AtomicInteger();

    @Override
    public void channelRead(ChannelHandlerContext context, Object accepted) {
      Channel connection = (Channel) accepted;
      if (open.get() >= Bound.CONNECTIONS.limit()) {
        log.debug("a connection is closed: there are {}", open);
        connection.unsafe().closeForcibly();
        return;
      }
      open.incrementAndGet();
      var _ = connection.closeFuture().addListener(_ -> open.decrementAndGet());
      context.fireChannelRead(connection);
    }
  }

  /**
   * Opens it to root and root's group.
   *
   * @throws IOException when another daemon answers on the socket, or the directory can't be used
   */
  public void start() throws IOException {
    refuseSecondDaemon();
    file.prepare();
    server.start();
    file.publish("rw-rw----");
    ownKey = fileKey();
  }

  private void refuseSecondDaemon() throws IOException {
    if (!Files.exists(socket)) {
      return;
    }
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket));
    } catch (IOException e) {
      return; // a socket that a dead daemon has left
    }
    throw new IOException("another daemon serves on " + socket);
  }

  /** Lets the calls in progress end for a few seconds, then closes. */
  public void stop() {
    server.shutdown();
    try {
      if (!server.awaitTermination(DRAIN_SECONDS, TimeUnit.SECONDS)) {
        server.shutdownNow();
        server.awaitTermination(1, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    deleteSocket();
    for (EventLoopGroup group : List.of(acceptor, worker)) {
      if (!group
          .shutdownGracefully(0, 1, TimeUnit.SECONDS)
          .awaitUninterruptibly(2, TimeUnit.SECONDS)) {
        log.warn("a network thread of {} does not end", socket);
      }
    }
    calls.shutdown();
  }

  /** Only our own: the next daemon may have put its socket there already. */
  private void deleteSocket() {
    try {
      if (Files.exists(socket) && fileKey().equals(ownKey)) {
        Files.delete(socket);
      }
    } catch (IOException e) {
      log.warn("cannot delete {}: {}", socket, e.getMessage());
    }
  }

  private Optional<Object> fileKey() throws IOException {
    return Optional.ofNullable(Files.readAttributes(socket, BasicFileAttributes.class).fileKey());
  }
}
