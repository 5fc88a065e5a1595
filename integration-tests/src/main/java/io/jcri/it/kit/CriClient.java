package io.jcri.it.kit;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import io.jcri.cri.v1.ImageServiceGrpc;
import io.jcri.cri.v1.ImageServiceGrpc.ImageServiceBlockingStub;
import io.jcri.cri.v1.ImageSpec;
import io.jcri.cri.v1.ListPodSandboxRequest;
import io.jcri.cri.v1.PodSandbox;
import io.jcri.cri.v1.PullImageRequest;
import io.jcri.cri.v1.RemovePodSandboxRequest;
import io.jcri.cri.v1.RuntimeServiceGrpc;
import io.jcri.cri.v1.RuntimeServiceGrpc.RuntimeServiceBlockingStub;
import io.jcri.cri.v1.StopPodSandboxRequest;
import io.jcri.cri.v1.VersionRequest;
import io.jcri.cri.v1.VersionResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/** A CRI client on a unix socket, as the kubelet is one. Thread-safe. */
public final class CriClient implements AutoCloseable {
  private static final int KUBELET_MESSAGE_LIMIT = 16 << 20;
  private static final Duration CALL_PATIENCE = Duration.ofMinutes(2);

  // Netty warns of an option that gRPC sets and domain sockets lack. Held, or the level is lost.
  private static final Logger BOOTSTRAP =
      Logger.getLogger("io.grpc.netty.shaded.io.netty.bootstrap");

  static {
    BOOTSTRAP.setLevel(Level.SEVERE);
  }

  private final EventLoopGroup group;
  private final ManagedChannel channel;

  /** Connects when the first call is made. */
  public CriClient(Path socket) {
    group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    channel =
        NettyChannelBuilder.forAddress(new DomainSocketAddress(socket.toFile()))
            .eventLoopGroup(group)
            .channelType(EpollDomainSocketChannel.class)
            .overrideAuthority("localhost") // Go's servers refuse a path as the authority
            .maxInboundMessageSize(KUBELET_MESSAGE_LIMIT)
            .usePlaintext()
            .build();
  }

  /** Returns the runtime service; each call has a deadline of two minutes. */
  public RuntimeServiceBlockingStub runtime() {
    return RuntimeServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(CALL_PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  /** Returns the image service; each call has a deadline of two minutes. */
  public ImageServiceBlockingStub images() {
    return ImageServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(CALL_PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  /** Returns the channel, for stubs and deadlines of the caller's own. */
  public ManagedChannel channel() {
    return channel;
  }

  /** Waits until the runtime answers. */
  public VersionResponse awaitVersion(Duration patience) throws IOException {
    VersionResponse[] answer = new VersionResponse[1];
    Waiting.until(
        patience,
        () -> {
          try {
            answer[0] = runtime().version(VersionRequest.getDefaultInstance());
            return true;
          } catch (StatusRuntimeException notYet) {
            channel.resetConnectBackoff();
            return false;
          }
        },
        () -> "no answer to Version");
    return answer[0];
  }

  /** Pulls an image. */
  public void pull(String reference) {
    images()
        .pullImage(
            PullImageRequest.newBuilder()
                .setImage(ImageSpec.newBuilder().setImage(reference))
                .build());
  }

  /** Stops and removes every pod with its containers. */
  public void removeAllPods() {
    for (PodSandbox pod :
        runtime().listPodSandbox(ListPodSandboxRequest.getDefaultInstance()).getItemsList()) {
      runtime()
          .stopPodSandbox(StopPodSandboxRequest.newBuilder().setPodSandboxId(pod.getId()).build());
      runtime()
          .removePodSandbox(
              RemovePodSandboxRequest.newBuilder().setPodSandboxId(pod.getId()).build());
    }
  }

  @Override
  public void close() {
    channel.shutdownNow();
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
  }
}
