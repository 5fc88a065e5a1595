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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One round: what a fault may know of the node and of the pods that are at work. */
final class Round {
  private static final Duration SEARCH = Duration.ofSeconds(3);

  private final FaultNode node;
  private final Random random;
  private final Set<String> harmed = ConcurrentHashMap.newKeySet();
  private final Set<String> killed = ConcurrentHashMap.newKeySet();
  private volatile boolean allHarmed;
  private String what = "";

  Round(FaultNode node, Random random) {
    this.node = node;
    this.random = random;
  }

  FaultNode node() {
    return node;
  }

  Random random() {
    return random;
  }

  /** Says for the summary what was done in detail. */
  void tell(String detail) {
    what = detail;
  }

  String told() {
    return what;
  }

  /** Excuses what is lost of a container or, if this is a pod's id, of its containers. */
  void harm(String id) {
    harmed.add(id);
  }

  /** Excuses what is lost of any container. */
  void harmAll() {
    allHarmed = true;
  }

  boolean isAllHarmed() {
    return allHarmed;
  }

  boolean isHarmed(String id) {
    return allHarmed || harmed.contains(id);
  }

  /** Remembers that a container was killed from outside: its exit code may be 137 instead. */
  void kill(String id) {
    killed.add(id);
  }

  boolean isKilled(String id) {
    return killed.contains(id);
  }

  /** Waits up to {@code millis}, how long the seed says. */
  void sleepUpTo(int millis) throws InterruptedException {
    Thread.sleep(Duration.ofMillis(random.nextInt(millis)));
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

  private static Optional<String> search(java.util.function.Supplier<Optional<String>> look)
      throws InterruptedException {
    long deadline = System.nanoTime() + SEARCH.toNanos();
    while (System.nanoTime() - deadline < 0) {
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
