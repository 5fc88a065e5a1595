package io.jcri.daemon.events;

import io.jcri.daemon.budget.Bound;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Events that wait: for a subscriber when there is none, for the slowest one when there are some,
 * and after a restart for those that listened before it. Guarded by its owner's lock.
 */
final class WaitingEvents {
  /** How many wait at most: for a newcomer, and on top of that for a subscriber that is slow. */
  static final int MOST = (int) Bound.EVENTS_OF_A_SUBSCRIBER.limit();

  /** The same in bytes; one that is larger than that waits alone. */
  static final long MOST_BYTES = Bound.EVENT_BYTES_OF_A_SUBSCRIBER.limit();

  /** After that long nobody is interested any more. */
  static final Duration LONGEST = Duration.ofMinutes(5);

  private final Deque<Event> events = new ArrayDeque<>();
  private final long owedUntil;
  private int owed;
  private long toldUpTo;
  private long bytes;

  /**
   * Nothing waits yet.
   *
   * @param owed how many subscribers are expected back
   * @param now nanoseconds since the epoch
   */
  WaitingEvents(int owed, long now) {
    this.owed = owed;
    this.owedUntil = now + LONGEST.toNanos();
  }

  /**
   * Adds the newest.
   *
   * @param heard whether there is a subscriber that will say when it has it
   */
  void add(Event event, boolean heard) {
    if (!isExpecting(event.at()) && heard) {
      dropTold();
    } else {
      long horizon = event.at() - LONGEST.toNanos();
      while (!events.isEmpty()
          && (full(event) || events.getFirst().at() < horizon)
          && (!heard || told(events.getFirst()))) {
        removeFirst();
      }
    }
    events.addLast(event);
    bytes += event.size();
  }

  /**
   * What a new subscriber gets at once.
   *
   * @param first whether there is no other
   */
  List<Event> forNewcomer(boolean first, long now) {
    boolean expected = isExpecting(now);
    long horizon = now - LONGEST.toNanos();
    List<Event> given = new ArrayList<>();
    for (Event event : events) {
      if ((expected || (first && !told(event))) && event.at() >= horizon) {
        given.add(event);
      }
    }
    if (expected) {
      owed--;
    }
    if (!isExpecting(now)) {
      dropTold();
    }
    return given;
  }

  /** All subscribers have the events up to this time. Returns those of which that is new. */
  List<Event> tell(long upTo) {
    List<Event> news = new ArrayList<>(1);
    for (Event event : events) {
      if (!told(event) && event.at() <= upTo) {
        news.add(event);
      }
    }
    toldUpTo = Math.max(toldUpTo, upTo);
    if (owed == 0) {
      dropTold();
    }
    return news;
  }

  /** Whether somebody who listened to the daemon before this one has not come back yet. */
  boolean isExpecting(long now) {
    if (now > owedUntil) {
      owed = 0;
    }
    return owed > 0;
  }

  private boolean full(Event next) {
    return events.size() >= MOST || bytes + next.size() > MOST_BYTES;
  }

  private void removeFirst() {
    bytes -= events.removeFirst().size();
  }

  private boolean told(Event event) {
    return event.at() <= toldUpTo;
  }

  private void dropTold() {
    while (!events.isEmpty() && told(events.getFirst())) {
      removeFirst();
    }
  }
}
