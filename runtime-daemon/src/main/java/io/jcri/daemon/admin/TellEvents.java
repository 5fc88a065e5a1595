package io.jcri.daemon.admin;

import io.jcri.daemon.events.Event;
import io.jcri.daemon.events.Events;
import io.jcri.daemon.events.Listening;
import io.jcri.daemon.events.PastEvent;
import io.jcri.daemon.events.Subscription;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;

/**
 * {@code events}: the last ones, then those to come until the client goes. Who listens here does
 * not count as a subscriber: what nobody of CRI's has been told waits for one of those.
 */
final class TellEvents implements AdminHandler {
  private final Events events;

  TellEvents(Events events) {
    this.events = events;
  }

  @Override
  public void handle(AdminCall call) throws IOException {
    boolean follow = call.arguments(NodeMessages.Listen.class).follow();
    Listening listening = events.listen("jcri events", Thread.currentThread()::interrupt);
    try (Subscription live = listening.live()) {
      for (PastEvent past : listening.past()) {
        call.answer(row(past));
      }
      for (Optional<Event> next = follow ? live.next() : Optional.empty();
          next.isPresent();
          next = live.next()) {
        call.answer(row(PastEvent.of(next.get())));
        live.delivered();
      }
    } catch (InterruptedException e) {
      listening.live().throwIfDropped();
      Thread.currentThread().interrupt(); // the client has gone
    }
  }

  private static NodeMessages.Event row(PastEvent event) {
    return new NodeMessages.Event(
        NodeLists.instant(event.at()),
        event.type().name().toLowerCase(Locale.ROOT),
        event.id().equals(event.podId()) ? "pod" : "container",
        event.id(),
        event.podId(),
        event.pod(),
        event.container(),
        event.exitCode());
  }
}
