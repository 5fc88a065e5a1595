package io.jcri.daemon.cri.call;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.jcri.cri.v1.Container;
import io.jcri.cri.v1.RuntimeServiceGrpc.RuntimeServiceImplBase;
import io.jcri.cri.v1.StreamContainersRequest;
import io.jcri.cri.v1.StreamContainersResponse;
import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.cri.Served;
import io.jcri.daemon.cri.SlowClient;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a call with many replies does when its caller is slow, leaves, or when it fails itself. */
class StreamingTest {
  private static final long LONG = 60;

  /** More than HTTP/2 lets through and gRPC lets wait, together, to one who takes nothing. */
  private static final long FAR_TOO_MUCH = 64 << 20;

  @TempDir Path directory;

  private record Service(StreamCall<StreamContainersRequest, StreamContainersResponse> call) {
    RuntimeServiceImplBase base() {
      return new RuntimeServiceImplBase() {
        @Override
        public void streamContainers(
            StreamContainersRequest request, StreamObserver<StreamContainersResponse> observer) {
          Streaming.answer("Numbers", call, request, observer);
        }
      };
    }
  }

  private Served serve(StreamCall<StreamContainersRequest, StreamContainersResponse> call)
      throws Exception {
    return new Served(directory, new Service(call).base());
  }

  private static StreamContainersResponse kilobytes(int count) {
    return StreamContainersResponse.newBuilder()
        .addContainers(Container.newBuilder().setId("x".repeat(count << 10)))
        .build();
  }

  @Test
  void whoTakesNothingStopsTheCallAndWhoLeavesEndsIt() throws Exception {
    AtomicLong sent = new AtomicLong();
    CompletableFuture<Throwable> end = new CompletableFuture<>();
    CountDownLatch begun = new CountDownLatch(1);
    StreamContainersResponse reply = kilobytes(16);
    try (Served served =
        serve((request, replies) -> {
          try {
            while (sent.get() < FAR_TOO_MUCH) {
              replies.send(reply);
              sent.addAndGet(reply.getSerializedSize());
              begun.countDown();
            }
            end.complete(new AssertionError("never had to wait"));
          } catch (Throwable e) {
            end.complete(e);
            throw e;
          }
        })) {
      SlowClient<StreamContainersRequest, StreamContainersResponse> client = new SlowClient<>();
      served.later().streamContainers(StreamContainersRequest.getDefaultInstance(), client);
      assertThat(begun.await(LONG, TimeUnit.SECONDS)).isTrue();
      assertThat(client.take()).isEqualTo(reply);
      client.cancel();
      assertThat(end.get(LONG, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
      assertThat(sent.get()).isLessThan(FAR_TOO_MUCH);
    }
  }

  @Test
  void whoTakesAgainGetsTheRest() throws Exception {
    try (Served served =
        serve((request, replies) -> {
          for (int i = 0; i < 500; i++) {
            replies.send(kilobytes(16));
          }
        })) {
      SlowClient<StreamContainersRequest, StreamContainersResponse> client = new SlowClient<>();
      served.later().streamContainers(StreamContainersRequest.getDefaultInstance(), client);
      for (int i = 0; i < 500; i++) {
        client.take();
      }
      assertThat(client.end().isOk()).isTrue();
    }
  }

  @Test
  void aFailureAfterSomeRepliesIsTheStreamsEnd() throws Exception {
    try (Served served =
        serve((request, replies) -> {
          replies.send(kilobytes(1));
          throw JcriException.precondition("no more of these");
        })) {
      SlowClient<StreamContainersRequest, StreamContainersResponse> client = new SlowClient<>();
      served.later().streamContainers(StreamContainersRequest.getDefaultInstance(), client);
      client.take();
      assertThat(client.end().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
      assertThat(client.end().getDescription()).isEqualTo("no more of these");
    }
  }

  @Test
  void anErrorOfTheProgramIsTheStreamsEndToo() throws Exception {
    try (Served served =
        serve((request, replies) -> {
          throw new LinkageError("a class is missing");
        })) {
      SlowClient<StreamContainersRequest, StreamContainersResponse> client = new SlowClient<>();
      served.later().streamContainers(StreamContainersRequest.getDefaultInstance(), client);
      assertThat(client.end().getCode()).isEqualTo(Status.Code.INTERNAL);
      assertThat(client.end().getDescription()).contains("internal fault");
    }
  }
}
