package io.jcri.daemon.events;

import io.jcri.daemon.budget.Bound;
import io.jcri.daemon.container.Container;
import io.jcri.daemon.core.DaemonContext;
import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.core.Meter;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.record.Registry;
import io.jcri.daemon.system.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Makes events of new snapshots and hands them to the subscribers; the package tells the contract.
 * Publishing puts references into queues and never waits: about a microsecond, with and without
 * subscribers. The note of what was told is written by the subscribers' own threads.
 *
 * <p>Thread-safe.
 */
public final class Events implements AutoCloseable {
  private final Clock clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final EventMaker maker = new EventMaker(this::publish);
  private final Subscribers subscribers = new Subscribers();
  private final WaitingEvents waitingEvents;
  private final PastEvents past = new PastEvents();
  private long latest;
  private boolean closed;

  /** Taken before {@link #lock}, never after it. */
  private final ReentrantLock noteLock = new ReentrantLock();

  private final PublishedEventsFile told;

  /**
   * As the daemon before this one has left them; {@link #recover} tells what has happened since.
   */
  public static Events open(DaemonContext context) {
    return new Events(
        PublishedEventsFile.open(context.layout().toldEvents(), context.bootId()), context.clock());
  }

  /** Before anything happens; {@link #recover} tells what has happened so far. */
  public Events(PublishedEventsFile told, Clock clock) {
    this.told = told;
    this.clock = clock;
    this.waitingEvents = new WaitingEvents(told.subscribers(), clock.nanos());
  }

  /** To be told of pods. */
  public Registry.Watcher<Pod> podWatcher() {
    return new Registry.Watcher<>() {
      @Override
      public void changed(Pod now) {
        locked(() -> maker.podChanged(now));
      }

      @Override
      public void leaving(Pod last) {
        locked(() -> maker.podLeaves(last));
      }
    };
  }

  /** To be told of containers. */
  public Registry.Watcher<Container> containerWatcher() {
    return new Registry.Watcher<>() {
      @Override
      public void changed(Container now) {
        locked(() -> maker.containerChanged(now));
      }

      @Override
      public void left(Container last) {
        locked(() -> maker.containerLeft(last.podId(), last.id()));
      }
    };
  }

  /** Takes up the records of the last daemon, and tells what it has not told. Called once. */
  public void recover(Collection<Pod> foundPods, Collection<Container> foundContainers) {
    locked(() -> maker.recover(told, clock.nanos(), foundPods, foundContainers));
  }

  private void locked(Runnable step) {
    lock.lock();
    try {
      step.run();
    } finally {
      lock.unlock();
    }
  }

  private void publish(EventType type, String id, String podId, PodView pod) {
    latest = Math.max(latest + 1, clock.nanos());
    Event event = new Event(type, id, latest, podId, pod.pod(), pod.containers());
    waitingEvents.add(event, subscribers.count() > 0);
    subscribers.tell(event);
    Meter.now().event(type.name());
    past.add(event);
  }

  /**
   * The time in which events are counted: what a caller looks at afterwards has every event up to
   * it. It stands still while the machine's clock is behind the last event.
   */
  public long now() {
    lock.lock();
    try {
      return Math.max(latest, clock.nanos());
    } finally {
      lock.unlock();
    }
  }

  /**
   * Listens from now on, and first to what waits.
   *
   * @param name for messages about the subscriber
   * @param onDropped called when it was too slow, by who publishes: must be quick and not call back
   */
  public Subscription subscribe(String name, Runnable onDropped) {
    noteLock.lock();
    try {
      Subscription subscription;
      int count;
      lock.lock();
      try {
        if (subscribers.count() >= Bound.EVENT_SUBSCRIBERS.limit()) {
          throw new JcriException(
              JcriException.Kind.RESOURCE_EXHAUSTED,
              Bound.EVENT_SUBSCRIBERS.limit() + " subscribers hear of events already");
        }
        boolean first = subscribers.count() == 0;
        List<Event> waiting = closed ? List.of() : waitingEvents.forNewcomer(first, clock.nanos());
        subscription = new Subscription(this, name, waiting, onDropped);
        if (closed) {
          subscription.end();
          return subscription;
        }
        subscribers.add(subscription);
        count = subscribers.count();
      } finally {
        lock.unlock();
      }
      told.noteSubscribers(count);
      return subscription;
    } finally {
      noteLock.unlock();
    }
  }

  /**
   * As {@link #subscribe}, for a person: what a subscriber has not been told yet still waits for
   * one. Listeners are as many as there are calls on the admin socket.
   */
  public Listening listen(String name, Runnable onDropped) {
    lock.lock();
    try {
      Subscription live = new Subscription(this, name, List.of(), onDropped);
      if (closed) {
        live.end();
      } else {
        subscribers.addOnlooker(live);
      }
      return new Listening(past.list(), live);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Who listens; empty when that can't be told at once.
   *
   * @param patience for who publishes at this moment
   */
  public Optional<List<String>> listening(Duration patience) {
    try {
      if (!lock.tryLock(patience.toNanos(), TimeUnit.NANOSECONDS)) {
        return Optional.empty();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
    try {
      return Optional.of(subscribers.names());
    } finally {
      lock.unlock();
    }
  }

  void unsubscribe(Subscription subscription) {
    noteLock.lock();
    try {
      List<Event> news;
      int count;
      lock.lock();
      try {
        if (subscribers.removeOnlooker(subscription)) {
          return;
        }
        boolean stillThere = subscribers.remove(subscription);
        if (closed) {
          return; // what the next daemon reads is how many listened to this one
        }
        news = stillThere ? newlyTold() : List.of();
        count = subscribers.count();
      } finally {
        lock.unlock();
      }
      news.forEach(told::note);
      told.noteSubscribers(count);
    } finally {
      noteLock.unlock();
    }
  }

  /**
   * What whoever puts the next event into the subscriber's socket is to run right after that. With
   * several subscribers it does nothing: {@link #delivered} then finds out whether all have it.
   */
  Runnable sending(Subscription subscription) {
    noteLock.lock();
    try {
      Optional<Event> next;
      lock.lock();
      try {
        boolean alone = subscribers.count() == 1 && subscribers.contains(subscription);
        next =
            alone && !waitingEvents.isExpecting(clock.nanos())
                ? subscription.first()
                : Optional.empty();
      } finally {
        lock.unlock();
      }
      Optional<PublishedEventsFile.Line> line = next.map(told::prepare);
      return () -> line.ifPresent(this::write);
    } finally {
      noteLock.unlock();
    }
  }

  private void write(PublishedEventsFile.Line line) {
    noteLock.lock();
    try {
      told.write(line);
    } finally {
      noteLock.unlock();
    }
  }

  void delivered(Subscription subscription) {
    noteLock.lock();
    try {
      List<Event> news;
      lock.lock();
      try {
        subscription.removeFirst();
        news = subscribers.contains(subscription) ? newlyTold() : List.of();
      } finally {
        lock.unlock();
      }
      news.forEach(told::note);
    } finally {
      noteLock.unlock();
    }
  }

  /** What the slowest of them has by now, if there are any. */
  private List<Event> newlyTold() {
    return subscribers.count() == 0
        ? List.of()
        : waitingEvents.tell(subscribers.oldestWaiting().map(at -> at - 1).orElse(latest));
  }

  /** What there is now. */
  public EventFigures figures() {
    lock.lock();
    try {
      return subscribers.figures();
    } finally {
      lock.unlock();
    }
  }

  /** Ends all subscriptions, as the daemon ends. */
  @Override
  public void close() {
    locked(() -> {
      closed = true;
      subscribers.end();
    });
  }
}
