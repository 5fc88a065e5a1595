package io.jcri.it.badinput;

import static io.jcri.it.node.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.jcri.cri.v1.ContainerConfig;
import io.jcri.cri.v1.CreateContainerRequest;
import io.jcri.cri.v1.ImageServiceGrpc;
import io.jcri.cri.v1.ListContainerStatsRequest;
import io.jcri.cri.v1.ListContainersRequest;
import io.jcri.cri.v1.ListImagesRequest;
import io.jcri.cri.v1.ListPodSandboxMetricsRequest;
import io.jcri.cri.v1.ListPodSandboxRequest;
import io.jcri.cri.v1.ListPodSandboxStatsRequest;
import io.jcri.cri.v1.PodSandboxConfig;
import io.jcri.cri.v1.RunPodSandboxRequest;
import io.jcri.cri.v1.RuntimeServiceGrpc;
import io.jcri.cri.v1.RuntimeServiceGrpc.RuntimeServiceFutureStub;
import io.jcri.cri.v1.StatusRequest;
import io.jcri.daemon.budget.Bound;
import io.jcri.it.kit.CriClient;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Clients that want too much at once, beside a heap of 128 MiB: each is answered. */
class ManyRequestsTest {
  /** Two of them are more than all requests in progress may have. */
  private static final int LARGE = 15 << 20;

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @RegisterExtension static final TestNode NODE = new TestNode();

  /** A pod's author's annotations, as many as a message holds: much more in memory. */
  @Test
  void requestsThatAreTooMuchTogetherAreRefused() throws Exception {
    TestContainer container = NODE.pod().idle();
    PodSandboxConfig.Builder pod = NODE.podConfig();
    String filler = "x".repeat(1 << 10);
    for (int i = 0; i < LARGE >> 10; i++) {
      pod.putAnnotations("a" + i, filler);
    }
    RunPodSandboxRequest request = RunPodSandboxRequest.newBuilder().setConfig(pod).build();
    assertRefused(() -> NODE.cri().runtime().runPodSandbox(request), Code.RESOURCE_EXHAUSTED);
    // A connection is cut where parts of requests fill the network's buffers before one is whole.
    assertThat(answers(16, stub -> stub.runPodSandbox(request))).doesNotContainKey(Code.OK);
    assertIsWell(container);
    NODE.cri().removeAllPods();
  }

  private static CreateContainerRequest ofMounts(int count) {
    ContainerConfig.Builder config = ContainerConfig.newBuilder();
    for (int i = 0; i < count; i++) {
      config.addMountsBuilder().setHostPath("/").setContainerPath("/" + i);
    }
    return CreateContainerRequest.newBuilder().setConfig(config).setPodSandboxId("x").build();
  }

  /** In memory they are many times as much as on their way here. */
  @Test
  void requestsOfManyPartsAreAnswered() throws Exception {
    TestContainer container = NODE.pod().idle();
    CreateContainerRequest request = ofMounts(LARGE / 512);
    assertThat(answers(8, stub -> stub.createContainer(request))).containsOnlyKeys(Code.NOT_FOUND);
    assertIsWell(container);
  }

  /** What one message of many parts becomes in memory can be more than there is. */
  @Test
  void aRequestThatCannotBeHeldIsNotMade() throws Exception {
    TestContainer container = NODE.pod().idle();
    CreateContainerRequest request = ofMounts(LARGE / 16);
    assertRefused(
        () -> NODE.cri().runtime().createContainer(request), Code.RESOURCE_EXHAUSTED, "33554432");
    assertThat(answers(8, stub -> stub.createContainer(request)))
        .doesNotContainKeys(Code.OK, Code.NOT_FOUND);
    assertIsWell(container);
  }

  @Test
  void aThousandOfEachListAreAnswered() throws Exception {
    PodSandboxConfig.Builder pod = NODE.podConfig();
    pod.putAnnotations("large", "x".repeat(200 << 10));
    TestContainer container = NODE.pod(pod).idle();
    var images = ImageServiceGrpc.newFutureStub(NODE.cri().channel());
    ListPodSandboxRequest pods = ListPodSandboxRequest.getDefaultInstance();
    for (Map<Code, Integer> answers :
        List.of(
            answers(1000, s -> s.listPodSandbox(pods)),
            answers(1000, s -> s.listContainers(ListContainersRequest.getDefaultInstance())),
            answers(
                1000, s -> s.listContainerStats(ListContainerStatsRequest.getDefaultInstance())),
            answers(
                1000, s -> s.listPodSandboxStats(ListPodSandboxStatsRequest.getDefaultInstance())),
            answers(
                1000,
                s -> s.listPodSandboxMetrics(ListPodSandboxMetricsRequest.getDefaultInstance())),
            answers(1000, s -> s.status(StatusRequest.newBuilder().setVerbose(true).build())),
            answers(1000, _ -> images.listImages(ListImagesRequest.getDefaultInstance())))) {
      assertThat(answers.getOrDefault(Code.OK, 0)).isPositive();
      answers.remove(Code.OK);
      assertThat(answers.keySet()).isSubsetOf(Code.RESOURCE_EXHAUSTED);
    }
    assertIsWell(container);
  }

  @Test
  void connectionsBeyondThoseThatAreServedAreClosed() throws Exception {
    TestContainer container = NODE.pod().idle();
    try (Connections some = new Connections()) {
      for (int i = 0; i <= Bound.CONNECTIONS.limit(); i++) {
        some.open(NODE.daemon().socket());
      }
      assertThat(some.last().read(ByteBuffer.allocate(1))).isEqualTo(-1);
      assertIsWell(container);
    }
    try (CriClient client = new CriClient(NODE.daemon().socket())) {
      client.awaitVersion(PATIENCE);
    }
  }

  @Test
  void commandsBeyondThoseThatAreServedAreToldSo() throws Exception {
    Path socket = NODE.daemon().state().resolve("admin.sock");
    try (Connections some = new Connections()) {
      for (int i = 0; i <= Bound.ADMIN_CALLS.limit(); i++) {
        some.open(socket);
      }
      ByteBuffer answer = ByteBuffer.allocate(100);
      while (some.last().read(answer) >= 0) {
        // all of it
      }
      assertThat(new String(answer.array(), 0, answer.position(), StandardCharsets.UTF_8))
          .contains("\"failed\"", "RESOURCE_EXHAUSTED", "16 calls are made already");
    }
  }

  /** Of those who say nothing. */
  private static final class Connections implements AutoCloseable {
    private final List<SocketChannel> all = new ArrayList<>();

    void open(Path socket) throws IOException {
      SocketChannel one = SocketChannel.open(StandardProtocolFamily.UNIX);
      all.add(one);
      one.connect(UnixDomainSocketAddress.of(socket));
    }

    SocketChannel last() {
      return all.getLast();
    }

    @Override
    public void close() throws IOException {
      for (SocketChannel one : all) {
        one.close();
      }
    }
  }

  private interface Question {
    ListenableFuture<?> ask(RuntimeServiceFutureStub stub);
  }

  /** Asks at once, from four connections. Returns how often each code was the answer. */
  private static Map<Code, Integer> answers(int times, Question question) throws Exception {
    List<CriClient> clients = new ArrayList<>();
    Map<Code, Integer> codes = new EnumMap<>(Code.class);
    try {
      List<Supplier<ListenableFuture<?>>> questions = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        CriClient client = new CriClient(NODE.daemon().socket());
        clients.add(client);
        RuntimeServiceFutureStub stub = RuntimeServiceGrpc.newFutureStub(client.channel());
        for (int j = 0; j < times / 4; j++) {
          questions.add(() -> question.ask(stub));
        }
      }
      List<ListenableFuture<?>> replies = new ArrayList<>();
      questions.forEach(asked -> replies.add(asked.get()));
      for (ListenableFuture<?> reply : replies) {
        codes.merge(code(reply), 1, Integer::sum);
      }
    } finally {
      clients.forEach(CriClient::close);
    }
    return codes;
  }

  private static Code code(ListenableFuture<?> reply) throws InterruptedException {
    try {
      Object _ = reply.get();
      return Code.OK;
    } catch (ExecutionException e) {
      return Status.fromThrowable(e).getCode();
    }
  }

  private static void assertIsWell(TestContainer container) throws IOException {
    assertThat(NODE.daemon().process().isAlive()).isTrue();
    assertThat(container.sh("echo here")).isEqualTo("here");
  }
}
