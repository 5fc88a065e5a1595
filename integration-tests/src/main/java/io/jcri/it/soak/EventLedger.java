package io.jcri.it.soak;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.jcri.cri.v1.ContainerEventResponse;
import io.jcri.cri.v1.ContainerEventType;
import io.jcri.cri.v1.GetEventsRequest;
import io.jcri.cri.v1.RuntimeServiceGrpc;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * All events that a runtime sends, however often it is restarted meanwhile: who listens subscribes
 * anew when the stream ends, as the kubelet does. Thread-safe.
 */
final class EventLedger implements AutoCloseable {
  private static final List<ContainerEventType> LIFE =
      List.of(
          ContainerEventType.CONTAINER_CREATED_EVENT,
          ContainerEventType.CONTAINER_STARTED_EVENT,
          ContainerEventType.CONTAINER_STOPPED_EVENT,
          ContainerEventType.CONTAINER_DELETED_EVENT);

  private final Map<String, List<ContainerEventType>> told = new ConcurrentHashMap<>();
  private final AtomicLong count = new AtomicLong();
  private final AtomicLong streams = new AtomicLong();
  private final Thread listener;
  private volatile boolean ending;

  EventLedger(ManagedChannel channel) {
    this.listener = Thread.ofPlatform().name("events").daemon().start(() -> listen(channel));
  }

  private void listen(ManagedChannel channel) {
    while (!ending) {
      try {
        Iterator<ContainerEventResponse> stream =
            RuntimeServiceGrpc.newBlockingStub(channel)
                .withWaitForReady()
                .getContainerEvents(GetEventsRequest.getDefaultInstance());
        streams.incrementAndGet();
        while (stream.hasNext()) {
          note(stream.next());
        }
      } catch (StatusRuntimeException restarted) {
        channel.resetConnectBackoff();
      }
    }
  }

  private void note(ContainerEventResponse event) {
    count.incrementAndGet();
    told.compute(
        event.getContainerId(),
        (_, before) -> {
          List<ContainerEventType> after = new ArrayList<>(before == null ? List.of() : before);
          after.add(event.getContainerEventType());
          return List.copyOf(after);
        });
  }

  /** Events that came. */
  long count() {
    return count.get();
  }

  /** How often it has subscribed. */
  long streams() {
    return streams.get();
  }

  /** Whether the life of a container has been told to its end. */
  boolean isTold(String container) {
    return told.getOrDefault(container, List.of()).containsAll(LIFE);
  }

  /** What is missing, doubled or in another order, by container. */
  Map<String, List<ContainerEventType>> wrong(List<String> containers) {
    Map<String, List<ContainerEventType>> wrong = new TreeMap<>();
    for (String container : containers) {
      List<ContainerEventType> life = told.getOrDefault(container, List.of());
      if (!life.equals(LIFE)) {
        wrong.put(container, life);
      }
    }
    return wrong;
  }

  @Override
  public void close() {
    ending = true;
    listener.interrupt();
  }
}
