package io.jcri.it.faults;

import io.grpc.StatusRuntimeException;
import io.jcri.cri.v1.Container;
import io.jcri.cri.v1.ContainerState;
import io.jcri.cri.v1.ContainerStatusRequest;
import io.jcri.cri.v1.ListContainersRequest;
import io.jcri.cri.v1.ListPodSandboxRequest;
import io.jcri.cri.v1.PodSandbox;
import io.jcri.cri.v1.PodSandboxState;
import io.jcri.cri.v1.PodSandboxStatusRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What one fault of a round may know of the node and of the pods that are at work, and what it says
 * of itself. For one thread.
 */
final class Round {
  private static final Duration SEARCH = Duration.ofSeconds(3);

  private final FaultNode node;
  private final Excuses excuses;
  private final Random random;
  private final BooleanSupplier atWork;
  private String what = "";
  private boolean missed;

  /**
   * @param random this fault's own
   * @param atWork whether clients still have something to do
   */
  Round(FaultNode node, Excuses excuses, Random random, BooleanSupplier atWork) {
    this.node = node;
    this.excuses = excuses;
    this.random = random;
    this.atWork = atWork;
  }

  FaultNode node() {
    return node;
  }

  Excuses excuses() {
    return excuses;
  }

  Random random() {
    return random;
  }

  /** Whether clients still have something to do, so that there is something to break. */
  boolean isAtWork() {
    return atWork.getAsBoolean();
  }

  /** Says for the summary what was done in detail. */
  void tell(String detail) {
    what = detail;
  }

  /**
   * Says that nothing was broken, since what it takes did not come: this is no fault that counts.
   */
  void miss(String why) {
    missed = true;
    what = what.isEmpty() ? why : what + ", " + why;
  }

  boolean isMissed() {
    return missed;
  }

  String told() {
    return what;
  }

  /** Waits up to {@code millis}, how long the seed says, or until the clients have ended. */
  void sleepUpTo(int millis) throws InterruptedException {
    long deadline = System.nanoTime() + random.nextInt(millis) * 1_000_000L;
    while (atWork.getAsBoolean() && System.nanoTime() - deadline < 0) {
      Thread.sleep(Duration.ofMillis(2));
    }
  }

  /** A running container, of which nobody knows how long it runs; nothing when none comes. */
  Optional<String> runningContainer() throws InterruptedException {
    return search(() -> {
      List<String> running =
          node
              .client()
              .runtime()
              .listContainers(ListContainersRequest.getDefaultInstance())
              .getContainersList()
              .stream()
              .filter(each -> each.getState() == ContainerState.CONTAINER_RUNNING)
              .map(Container::getId)
              .toList();
      return pick(running);
    });
  }

  /** A ready sandbox; nothing when none comes. */
  Optional<String> readySandbox() throws InterruptedException {
    return search(() -> {
      List<String> ready =
          node
              .client()
              .runtime()
              .listPodSandbox(ListPodSandboxRequest.getDefaultInstance())
              .getItemsList()
              .stream()
              .filter(each -> each.getState() == PodSandboxState.SANDBOX_READY)
              .map(PodSandbox::getId)
              .toList();
      return pick(ready);
    });
  }

  /** A number in what the verbose status of a container says; nothing when it has gone. */
  Optional<Long> ofContainer(String id, String key) {
    try {
      return number(
          node.client()
              .runtime()
              .containerStatus(
                  ContainerStatusRequest.newBuilder().setContainerId(id).setVerbose(true).build())
              .getInfoMap(),
          key);
    } catch (StatusRuntimeException gone) {
      return Optional.empty();
    }
  }

  /** The same of a sandbox. */
  Optional<Long> ofSandbox(String id, String key) {
    try {
      return number(
          node.client()
              .runtime()
              .podSandboxStatus(
                  PodSandboxStatusRequest.newBuilder().setPodSandboxId(id).setVerbose(true).build())
              .getInfoMap(),
          key);
    } catch (StatusRuntimeException gone) {
      return Optional.empty();
    }
  }

  /** One of them, by the seed. */
  <T> Optional<T> pick(List<T> from) {
    return from.isEmpty() ? Optional.empty() : Optional.of(from.get(random.nextInt(from.size())));
  }

  private static Optional<Long> number(Map<String, String> info, String key) {
    Matcher matcher =
        Pattern.compile("\"" + key + "\"\\s*:\\s*(\\d+)").matcher(info.getOrDefault("info", ""));
    return matcher.find() ? Optional.of(Long.valueOf(matcher.group(1))) : Optional.empty();
  }

  private Optional<String> search(java.util.function.Supplier<Optional<String>> look)
      throws InterruptedException {
    long deadline = System.nanoTime() + SEARCH.toNanos();
    while (atWork.getAsBoolean() && System.nanoTime() - deadline < 0) {
      try {
        Optional<String> found = look.get();
        if (found.isPresent()) {
          return found;
        }
      } catch (StatusRuntimeException busy) {
        // asked once more
      }
      Thread.sleep(Duration.ofMillis(2));
    }
    return Optional.empty();
  }
}
