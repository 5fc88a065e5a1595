package io.jcri.daemon.cri;

import io.grpc.BindableService;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import io.jcri.cri.v1.ImageServiceGrpc;
import io.jcri.cri.v1.RuntimeServiceGrpc;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A service on a socket, as the daemon serves it, and a client of it. */
public final class Served implements AutoCloseable {
  private static final int MAX_MESSAGE_BYTES = 64 << 20;

  private final CriServer server;
  private final EventLoopGroup group;
  final ManagedChannel channel;

  public Served(Path directory, BindableService... services) throws IOException {
    Path socket = directory.resolve("cri.sock");
    server = new CriServer(socket, List.of(services), Traces.none());
    server.start();
    group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    channel =
        NettyChannelBuilder.forAddress(new DomainSocketAddress(socket.toFile()))
            .eventLoopGroup(group)
            .channelType(EpollDomainSocketChannel.class)
            .overrideAuthority("localhost")
            .userAgent("a-test")
            .maxInboundMessageSize(MAX_MESSAGE_BYTES)
            .usePlaintext()
            .build();
  }

  public RuntimeServiceGrpc.RuntimeServiceBlockingStub runtime() {
    return RuntimeServiceGrpc.newBlockingStub(channel).withDeadlineAfter(60, TimeUnit.SECONDS);
  }

  ImageServiceGrpc.ImageServiceBlockingStub images() {
    return ImageServiceGrpc.newBlockingStub(channel).withDeadlineAfter(60, TimeUnit.SECONDS);
  }

  public RuntimeServiceGrpc.RuntimeServiceStub later() {
    return RuntimeServiceGrpc.newStub(channel);
  }

  /** As the daemon stops; calls in progress have a few seconds. */
  public void stop() {
    server.stop();
  }

  @Override
  public void close() {
    channel.shutdownNow();
    server.stop();
    if (!group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(20_000)) {
      throw new AssertionError("a client's thread does not end");
    }
  }
}
