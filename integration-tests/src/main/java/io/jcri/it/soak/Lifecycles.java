package io.jcri.it.soak;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.jcri.cri.v1.ContainerConfig;
import io.jcri.cri.v1.ContainerState;
import io.jcri.cri.v1.ContainerStatusRequest;
import io.jcri.cri.v1.CreateContainerRequest;
import io.jcri.cri.v1.NamespaceMode;
import io.jcri.cri.v1.PodSandboxConfig;
import io.jcri.cri.v1.RemoveContainerRequest;
import io.jcri.cri.v1.RunPodSandboxRequest;
import io.jcri.cri.v1.RuntimeServiceGrpc;
import io.jcri.cri.v1.RuntimeServiceGrpc.RuntimeServiceBlockingStub;
import io.jcri.cri.v1.StartContainerRequest;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * Lives of containers, many at a time, while the daemon is restarted: whether each event of each is
 * told, once and in its order.
 */
final class Lifecycles {
  private static final int CLIENTS = 4;
  private static final Duration CALL_LIMIT = Duration.ofSeconds(20);
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final SoakNode node;
  private final SoakPods pods;
  private final PrintStream out;
  private final AtomicInteger begun = new AtomicInteger();
  private final ConcurrentLinkedQueue<String> ended = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();

  Lifecycles(SoakNode node, PrintStream out) {
    this.node = node;
    this.pods = new SoakPods(node);
    this.out = out;
  }

  /**
   * Runs that many; every second restart is a kill.
   *
   * @return whether all events came as they should
   */
  boolean run(int count, int restarts) throws IOException, InterruptedException {
    try (EventLedger ledger = new EventLedger(node.client().channel())) {
      Thread[] clients = new Thread[CLIENTS];
      for (int i = 0; i < CLIENTS; i++) {
        String pod = "lives-" + i;
        clients[i] = Thread.ofPlatform().name(pod).start(() -> live(pod, count, ledger));
      }
      for (int i = 1; i <= restarts; i++) {
        long next = (long) count * i / (restarts + 1);
        while (ended.size() < next && failures.isEmpty()) {
          Thread.sleep(Duration.ofMillis(5));
        }
        if (i % 2 == 0) {
          node.daemon().kill();
        } else {
          node.daemon().stop();
        }
        node.daemon().start();
      }
      for (Thread client : clients) {
        client.join();
      }
      return tell(ledger, restarts);
    }
  }

  private boolean tell(EventLedger ledger, int restarts) {
    Map<String, ?> wrong = ledger.wrong(List.copyOf(ended));
    wrong.forEach((id, life) -> out.println("WRONG container " + id + " was told of: " + life));
    failures.forEach(failure -> out.println("WRONG " + failure));
    out.printf(
        Locale.ROOT,
        "%d lives, %d events, %d restarts, %d subscriptions: %d containers with events that are"
            + " missing, doubled or in another order%n",
        ended.size(),
        ledger.count(),
        restarts,
        ledger.streams(),
        wrong.size());
    return wrong.isEmpty() && failures.isEmpty();
  }

  private void live(String pod, int count, EventLedger ledger) {
    try {
      PodSandboxConfig config = pods.config(pod, NamespaceMode.NODE);
      String sandbox =
          repeat(stub ->
              stub.runPodSandbox(RunPodSandboxRequest.newBuilder().setConfig(config).build())
                  .getPodSandboxId());
      for (int i = begun.incrementAndGet(); i <= count; i = begun.incrementAndGet()) {
        String id = live(sandbox, config, "c" + i);
        long begin = System.nanoTime();
        while (!ledger.isTold(id) && System.nanoTime() - begin < CALL_LIMIT.toNanos()) {
          Thread.sleep(Duration.ofMillis(5));
        }
        ended.add(id);
      }
    } catch (RuntimeException e) {
      failures.add(pod + ": " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Of one container, by a client that repeats what was not answered. */
  private String live(String sandbox, PodSandboxConfig config, String name)
      throws InterruptedException {
    ContainerConfig container = pods.main(name, List.of("true")).clearLogPath().build();
    String id =
        repeat(stub ->
            stub.createContainer(
                    CreateContainerRequest.newBuilder()
                        .setPodSandboxId(sandbox)
                        .setSandboxConfig(config)
                        .setConfig(container)
                        .build())
                .getContainerId());
    var status = ContainerStatusRequest.newBuilder().setContainerId(id).build();
    Function<RuntimeServiceBlockingStub, ContainerState> state =
        stub -> stub.containerStatus(status).getStatus().getState();
    var start = StartContainerRequest.newBuilder().setContainerId(id).build();
    boolean _ =
        repeat(stub -> {
          if (state.apply(stub) == ContainerState.CONTAINER_CREATED) {
            var _ = stub.startContainer(start);
          }
          return true;
        });
    while (repeat(state) != ContainerState.CONTAINER_EXITED) {
      Thread.sleep(Duration.ofMillis(5));
    }
    var remove = RemoveContainerRequest.newBuilder().setContainerId(id).build();
    var _ = repeat(stub -> stub.removeContainer(remove));
    return id;
  }

  /** Makes a call until it is answered. */
  private <T> T repeat(Function<RuntimeServiceBlockingStub, T> call) throws InterruptedException {
    long begin = System.nanoTime();
    while (true) {
      try {
        return call.apply(
            RuntimeServiceGrpc.newBlockingStub(node.client().channel())
                .withWaitForReady()
                .withDeadlineAfter(CALL_LIMIT.toMillis(), TimeUnit.MILLISECONDS));
      } catch (StatusRuntimeException e) {
        boolean passing =
            e.getStatus().getCode() == Status.Code.UNAVAILABLE
                || e.getStatus().getCode() == Status.Code.DEADLINE_EXCEEDED
                || e.getStatus().getCode() == Status.Code.FAILED_PRECONDITION // started by now
                || e.getStatus().getCode() == Status.Code.CANCELLED;
        if (!passing || System.nanoTime() - begin > PATIENCE.toNanos()) {
          throw e;
        }
        node.client().channel().resetConnectBackoff();
        Thread.sleep(Duration.ofMillis(50));
      }
    }
  }
}
