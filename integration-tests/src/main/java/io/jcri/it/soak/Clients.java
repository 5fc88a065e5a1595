package io.jcri.it.soak;

import io.grpc.StatusRuntimeException;
import io.jcri.cri.v1.ContainerEventResponse;
import io.jcri.cri.v1.ContainerEventType;
import io.jcri.cri.v1.GetEventsRequest;
import io.jcri.cri.v1.ImageSpec;
import io.jcri.cri.v1.ListContainerStatsRequest;
import io.jcri.cri.v1.ListContainersRequest;
import io.jcri.cri.v1.ListPodSandboxRequest;
import io.jcri.cri.v1.RemoveImageRequest;
import io.jcri.cri.v1.RuntimeServiceGrpc;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/** All clients of a soak's daemon, each in a thread of its own. Thread-safe. */
final class Clients implements AutoCloseable {
  /** Every how many cycles an image is pulled and removed. */
  private static final int CYCLES_PER_PULL = 20;

  private static final int POLLS_PER_STATS = 10;

  /** A stream does not say when it is there. */
  private static final Duration SUBSCRIBING = Duration.ofSeconds(2);

  private final SoakNode node;
  private final SoakPods pods;
  private final Duration pause;
  private final int lastCycle;
  private final AtomicInteger begun = new AtomicInteger();
  private final AtomicInteger done = new AtomicInteger();
  private final AtomicLong events = new AtomicLong();
  private final ConcurrentLinkedQueue<String> wrong = new ConcurrentLinkedQueue<>();
  private final Map<String, Map<ContainerEventType, Integer>> told = new ConcurrentHashMap<>();

  /** Held for reading by who works, for writing by who wants rest. */
  private final ReentrantReadWriteLock work = new ReentrantReadWriteLock(true);

  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean ending;

  /**
   * @param pause of each client between two pods
   * @param lastCycle after how many cycles they rest
   */
  Clients(SoakNode node, Duration pause, int lastCycle) {
    this.node = node;
    this.pods = new SoakPods(node);
    this.pause = pause;
    this.lastCycle = lastCycle;
  }

  /** Begins, with that many that take pods through their life. */
  void start(int churning) throws InterruptedException {
    Thread.ofPlatform().name("events").daemon().start(this::listen);
    Thread.sleep(SUBSCRIBING);
    for (int i = 0; i < churning; i++) {
      threads.add(Thread.ofPlatform().name("churn-" + i).start(this::churn));
    }
    threads.add(Thread.ofPlatform().name("polls").start(this::poll));
  }

  /** Cycles that are through. */
  int cycles() {
    return done.get();
  }

  /** Whether there is no further cycle to begin. */
  boolean isThrough() {
    return done.get() >= lastCycle;
  }

  /** Events that came. */
  long events() {
    return events.get();
  }

  /** What went wrong, a line each. */
  List<String> wrong() {
    return List.copyOf(wrong);
  }

  /** Runs something while none of them works. */
  void whileResting(Rest rest) throws IOException, InterruptedException {
    work.writeLock().lockInterruptibly();
    try {
      rest.run();
    } finally {
      work.writeLock().unlock();
    }
  }

  /** What is done at rest. */
  @FunctionalInterface
  interface Rest {
    void run() throws IOException, InterruptedException;
  }

  private void churn() {
    while (!ending) {
      work.readLock().lock();
      try {
        int number = begun.incrementAndGet();
        if (number > lastCycle) {
          return;
        }
        String container = pods.cycle(number);
        if (number % CYCLES_PER_PULL == 0) {
          pull(node.pulled().get(number / CYCLES_PER_PULL % node.pulled().size()));
        }
        expect(container);
        done.incrementAndGet();
      } catch (IOException | RuntimeException e) {
        wrong.add(String.valueOf(e));
      } catch (InterruptedException e) {
        return;
      } finally {
        work.readLock().unlock();
      }
      sleep(pause);
    }
  }

  private void pull(String image) {
    node.pull(image);
    node.client()
        .images()
        .removeImage(
            RemoveImageRequest.newBuilder()
                .setImage(ImageSpec.newBuilder().setImage(image))
                .build());
  }

  /** Of each kind one must have come, of a container that is gone; the last may be on its way. */
  private void expect(String container) throws InterruptedException {
    for (int i = 0; i < 500 && kinds(container).size() < 4; i++) {
      Thread.sleep(10);
    }
    Map<ContainerEventType, Integer> came = kinds(container);
    told.remove(container);
    if (came.size() != 4 || came.values().stream().anyMatch(count -> count != 1)) {
      wrong.add("events of container %s: %s".formatted(container, came));
    }
  }

  private Map<ContainerEventType, Integer> kinds(String container) {
    return told.getOrDefault(container, Map.of());
  }

  private void poll() {
    for (int i = 0; !ending; i++) {
      work.readLock().lock();
      try {
        var runtime = node.client().runtime();
        runtime.listPodSandbox(ListPodSandboxRequest.getDefaultInstance());
        runtime.listContainers(ListContainersRequest.getDefaultInstance());
        if (i % POLLS_PER_STATS == 0) {
          runtime.listContainerStats(ListContainerStatsRequest.getDefaultInstance());
        }
      } catch (RuntimeException e) {
        wrong.add("a list: " + e);
      } finally {
        work.readLock().unlock();
      }
      sleep(Duration.ofSeconds(1));
    }
  }

  private void listen() {
    try {
      Iterator<ContainerEventResponse> stream =
          RuntimeServiceGrpc.newBlockingStub(node.client().channel())
              .getContainerEvents(GetEventsRequest.getDefaultInstance());
      while (stream.hasNext()) {
        ContainerEventResponse event = stream.next();
        events.incrementAndGet();
        told.compute(
            event.getContainerId(),
            (_, before) -> {
              Map<ContainerEventType, Integer> after = new EnumMap<>(ContainerEventType.class);
              if (before != null) {
                after.putAll(before);
              }
              after.merge(event.getContainerEventType(), 1, Integer::sum);
              return Map.copyOf(after);
            });
      }
    } catch (StatusRuntimeException e) {
      if (!ending) {
        wrong.add("the stream of events: " + e);
      }
    }
  }

  private static void sleep(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Lets those who churn finish their pods. */
  @Override
  public void close() {
    ending = true;
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
