package io.jcri.it.faults;

import io.grpc.StatusRuntimeException;
import io.jcri.cri.v1.Container;
import io.jcri.cri.v1.ContainerState;
import io.jcri.cri.v1.ListContainersRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

/**
 * One fault of a round, for any runtime: what is chosen by the seed is chosen before anything is
 * seen of the runtime. Its results are read when {@link #strike} has ended.
 */
final class PeerStrike {
  private static final int LATEST = 1500;
  private static final Duration SEARCH = Duration.ofSeconds(3);

  private final PeerNode node;
  private final PeerFault fault;
  private final String pods;
  private final BooleanSupplier atWork;
  private final int delay;
  private final boolean shimFirst;
  private final int choice;
  private final Set<String> harmed = ConcurrentHashMap.newKeySet();
  private volatile boolean hit;
  private volatile Optional<Duration> answered = Optional.empty();

  /**
   * @param pods what the names of the round's pods begin with
   * @param atWork whether clients still have something to do
   */
  PeerStrike(PeerNode node, PeerFault fault, String pods, Random random, BooleanSupplier atWork) {
    this.node = node;
    this.fault = fault;
    this.pods = pods;
    this.atWork = atWork;
    this.delay = random.nextInt(LATEST);
    this.shimFirst = random.nextBoolean();
    this.choice = random.nextInt(Integer.MAX_VALUE);
  }

  /** Whether something was broken. */
  boolean hit() {
    return hit;
  }

  /** The containers whose shim was killed before they had ended. */
  Set<String> harmed() {
    return harmed;
  }

  /** How long it took from the kill of the daemon to an answer. */
  Optional<Duration> answered() {
    return answered;
  }

  /** Breaks it. */
  void strike() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + delay * 1_000_000L;
    while (atWork.getAsBoolean() && System.nanoTime() - deadline < 0) {
      Thread.sleep(Duration.ofMillis(2));
    }
    OptionalLong shim = fault.killsShim() ? shim() : OptionalLong.empty();
    if (fault.killsShim() && shim.isEmpty()) {
      return;
    }
    hit = true;
    long begin = System.nanoTime();
    if (fault.killsDaemon() && !shimFirst) {
      node.runtime().kill();
    }
    shim.ifPresent(ProcessFaults::kill);
    if (fault.killsDaemon()) {
      node.runtime().kill(); // a second time does nothing
      node.runtime().start();
      answered = Optional.of(Duration.ofNanos(System.nanoTime() - begin));
    }
  }

  /** The shim of a running container of the round; nothing when none comes. */
  private OptionalLong shim() throws InterruptedException {
    long deadline = System.nanoTime() + SEARCH.toNanos();
    while (atWork.getAsBoolean() && System.nanoTime() - deadline < 0) {
      try {
        List<Container> all =
            node
                .client()
                .runtime()
                .listContainers(ListContainersRequest.getDefaultInstance())
                .getContainersList()
                .stream()
                .filter(each -> each.getLabelsOrDefault(PodRequests.LABEL, "").startsWith(pods))
                .sorted(
                    Comparator.comparing((Container each) -> each.getLabelsMap().toString())
                        .thenComparing(each -> each.getMetadata().getName()))
                .toList();
        List<Container> running =
            all.stream()
                .filter(each -> each.getState() == ContainerState.CONTAINER_RUNNING)
                .toList();
        if (!running.isEmpty()) {
          Container one = running.get(choice % running.size());
          OptionalLong shim = node.shim(one);
          if (shim.isPresent()) {
            harmed.addAll(node.served(one, all));
            return shim;
          }
        }
      } catch (StatusRuntimeException busy) {
        // asked once more
      }
      Thread.sleep(Duration.ofMillis(2));
    }
    return OptionalLong.empty();
  }
}
