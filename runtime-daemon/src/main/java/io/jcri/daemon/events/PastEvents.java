package io.jcri.daemon.events;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The last events, for a person who asks. Not thread-safe: {@link Events} guards it. */
final class PastEvents {
  private static final int MOST = 128;

  private final Deque<PastEvent> events = new ArrayDeque<>();

  void add(Event event) {
    events.addLast(PastEvent.of(event));
    if (events.size() > MOST) {
      events.removeFirst();
    }
  }

  /** The oldest first. */
  List<PastEvent> list() {
    return List.copyOf(events);
  }
}
