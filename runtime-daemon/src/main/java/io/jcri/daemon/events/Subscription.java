package io.jcri.daemon.events;

import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.core.JcriException.Kind;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One who listens. Its own thread takes events one by one; an event stays in the queue until the
 * subscriber has it.
 */
public final class Subscription implements AutoCloseable {
  private final Events events;
  private final String name;
  private final Runnable onDropped;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Event> queue = new ArrayDeque<>();
  private final int most;
  private final long mostBytes;
  private long bytes; // guarded by lock
  private boolean ended;
  private boolean dropped;

  Subscription(Events events, String name, Collection<Event> first, Runnable onDropped) {
    this.events = events;
    this.name = name;
    this.onDropped = onDropped;
    queue.addAll(first);
    this.bytes = first.stream().mapToLong(Event::size).sum();
    // What waited for it does not make it slow.
    this.most = first.size() + WaitingEvents.MOST;
    this.mostBytes = bytes + WaitingEvents.MOST_BYTES;
  }

  /**
   * Waits for the next event, which stays the next one until {@link #delivered}.
   *
   * @return empty when no more will come, as at the daemon's end
   * @throws JcriException RESOURCE_EXHAUSTED when the subscriber has been too slow
   */
  public Optional<Event> next() throws InterruptedException {
    lock.lock();
    try {
      while (queue.isEmpty() && !ended) {
        changed.await();
      }
      throwIfDropped();
      return ended ? Optional.empty() : Optional.of(queue.getFirst());
    } finally {
      lock.unlock();
    }
  }

  /**
   * Ends the wait of one that is stuck with the last event.
   *
   * @throws JcriException RESOURCE_EXHAUSTED when it was dropped because of that
   */
  public void throwIfDropped() {
    lock.lock();
    try {
      if (dropped) {
        throw new JcriException(
            Kind.RESOURCE_EXHAUSTED,
            "%s takes events too slowly: it was dropped with more than %d or %d bytes waiting"
                .formatted(name, WaitingEvents.MOST, WaitingEvents.MOST_BYTES));
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * What {@link #next} gave is about to be sent.
   *
   * @return to be run, once, by who has written it to the subscriber's socket, before anything
   *     else; quick, and of no use unless {@link #delivered} follows
   */
  public Runnable sending() {
    return events.sending(this);
  }

  /** The subscriber has what {@link #next} gave. */
  public void delivered() {
    events.delivered(this);
  }

  /** Listens no more. May be repeated. */
  @Override
  public void close() {
    events.unsubscribe(this);
  }

  /** Whether there was room for it. Never waits. */
  boolean offer(Event event) {
    lock.lock();
    try {
      if (queue.size() >= most || (!queue.isEmpty() && bytes + event.size() > mostBytes)) {
        dropped = true;
        ended = true;
        queue.clear();
        bytes = 0;
        onDropped.run();
        return false;
      }
      queue.addLast(event);
      bytes += event.size();
      changed.signal();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** The oldest event that it has not yet. */
  Optional<Event> first() {
    lock.lock();
    try {
      return Optional.ofNullable(queue.peekFirst());
    } finally {
      lock.unlock();
    }
  }

  void removeFirst() {
    lock.lock();
    try {
      Event first = queue.pollFirst();
      if (first != null) {
        bytes -= first.size();
      }
    } finally {
      lock.unlock();
    }
  }

  /** The time of the oldest event that the subscriber has not yet. */
  Optional<Long> waitingSince() {
    lock.lock();
    try {
      return queue.isEmpty() ? Optional.empty() : Optional.of(queue.getFirst().at());
    } finally {
      lock.unlock();
    }
  }

  /** How many events it has not taken yet. */
  int waiting() {
    lock.lock();
    try {
      return queue.size();
    } finally {
      lock.unlock();
    }
  }

  /** No more will come. What waits is left to the next daemon. */
  void end() {
    lock.lock();
    try {
      ended = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
