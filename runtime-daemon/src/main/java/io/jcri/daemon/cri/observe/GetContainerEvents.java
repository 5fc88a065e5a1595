package io.jcri.daemon.cri.observe;

import io.jcri.cri.v1.ContainerEventResponse;
import io.jcri.cri.v1.ContainerEventType;
import io.jcri.cri.v1.GetEventsRequest;
import io.jcri.daemon.cri.call.Caller;
import io.jcri.daemon.cri.call.PacedReplies;
import io.jcri.daemon.cri.call.StreamCall;
import io.jcri.daemon.cri.call.Streaming;
import io.jcri.daemon.cri.message.ContainerMessages;
import io.jcri.daemon.cri.message.PodMessages;
import io.jcri.daemon.events.Event;
import io.jcri.daemon.events.Events;
import io.jcri.daemon.events.Subscription;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * {@code GetContainerEvents}: what happens, until the caller or the daemon goes. One event is on
 * its way at a time, because only what the caller's socket has counts as told. RESOURCE_EXHAUSTED
 * for a caller that is too slow.
 */
final class GetContainerEvents implements StreamCall<GetEventsRequest, ContainerEventResponse> {
  /** To be given to {@link Streaming}: {@link PacedReplies} then waits for the socket. */
  static final int IN_FLIGHT_BYTES = 1;

  private final Events events;
  private final AtomicInteger numbers = new AtomicInteger();

  GetContainerEvents(Events events) {
    this.events = events;
  }

  @Override
  public void handle(GetEventsRequest request, PacedReplies<ContainerEventResponse> replies)
      throws Exception {
    String name = "event subscriber %d (%s)".formatted(numbers.incrementAndGet(), Caller.name());
    try (Subscription subscription = events.subscribe(name, Thread.currentThread()::interrupt)) {
      try {
        for (Optional<Event> next = subscription.next();
            next.isPresent();
            next = subscription.next()) {
          replies.send(message(next.get()), subscription.sending());
          subscription.delivered();
        }
      } catch (InterruptedException e) {
        subscription.throwIfDropped();
        throw e;
      }
    }
  }

  private static ContainerEventResponse message(Event event) {
    ContainerEventResponse.Builder message =
        ContainerEventResponse.newBuilder()
            .setContainerId(event.id())
            .setContainerEventType(
                switch (event.type()) {
                  case CREATED -> ContainerEventType.CONTAINER_CREATED_EVENT;
                  case STARTED -> ContainerEventType.CONTAINER_STARTED_EVENT;
                  case STOPPED -> ContainerEventType.CONTAINER_STOPPED_EVENT;
                  case DELETED -> ContainerEventType.CONTAINER_DELETED_EVENT;
                })
            .setCreatedAt(event.at());
    event.pod().map(PodMessages::status).ifPresent(message::setPodSandboxStatus);
    return message.addAllContainersStatuses(ContainerMessages.statuses(event.containers())).build();
  }
}
