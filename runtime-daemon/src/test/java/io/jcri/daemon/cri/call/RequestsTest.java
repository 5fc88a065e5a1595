package io.jcri.daemon.cri.call;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import io.jcri.cri.v1.ContainerConfig;
import io.jcri.daemon.budget.Bound;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class RequestsTest {
  private static final long ALL = Bound.DECODED_REQUESTS.limit();

  private final Requests requests = new Requests();

  private ServerStreamTracer call() {
    return requests.newServerStreamTracer("m", new Metadata());
  }

  private static boolean mayHold(ServerStreamTracer call, long size) throws Exception {
    return call.filterContext(Context.ROOT).call(() -> Requests.mayHold(size));
  }

  @Test
  void whatCallsHoldIsGivenBackWithThem() throws Exception {
    ServerStreamTracer first = call();
    assertThat(mayHold(first, ALL)).isTrue();
    assertThat(mayHold(call(), 1)).isFalse();
    first.streamClosed(Status.OK);
    assertThat(mayHold(call(), ALL)).isTrue();
  }

  @Test
  void aCallThatIsOverHoldsNothing() throws Exception {
    ServerStreamTracer cancelled = call();
    cancelled.streamClosed(Status.CANCELLED);
    assertThat(mayHold(cancelled, ALL)).isFalse();
    assertThat(mayHold(call(), ALL)).isTrue();
  }

  @Test
  void emptyMessagesAreMoreInMemoryThanOnTheWire() throws IOException {
    ContainerConfig.Builder config = ContainerConfig.newBuilder();
    for (int i = 0; i < 1000; i++) {
      config.addMountsBuilder();
    }
    byte[] wire = config.build().toByteArray();
    assertThat(wire).hasSize(2000);
    assertThat(DecodedSize.of(wire, ContainerConfig.getDescriptor())).isBetween(100_000L, 200_000L);
  }
}
