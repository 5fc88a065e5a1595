package io.jcri.daemon.nri;

import io.jcri.daemon.budget.Bound;
import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.core.JcriException.Kind;
import io.jcri.daemon.nri.ttrpc.TtrpcException;
import io.jcri.nri.v1alpha1.NriApi.Event;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The plugins that are connected. They hear of one event at a time, one after the other in the
 * order of their indices.
 *
 * <p>Thread-safe. Locks are taken in the order gate, then events; whoever holds one of them waits
 * for no pod and no container.
 */
final class Plugins {
  private static final Logger log = LoggerFactory.getLogger(Plugins.class);

  /** Held shared by a step that makes something visible, alone while a plugin joins. */
  private final ReentrantReadWriteLock gate = new ReentrantReadWriteLock();

  private final ReentrantLock events = new ReentrantLock();
  private volatile List<Plugin> connected = List.of(); // replaced under this object's monitor
  private volatile boolean joining; // written by who holds the gate alone

  /** What happens with one plugin. */
  @FunctionalInterface
  interface Turn {
    void of(Plugin plugin) throws TtrpcException;
  }

  /** What a plugin is told when it joins. */
  @FunctionalInterface
  interface Introduction<T> {
    T of(Plugin plugin) throws TtrpcException;
  }

  /**
   * Whether there is nobody to tell. Who joins counts from before it is told of what there is: what
   * then ends was part of that, and waits for its turn.
   */
  boolean isEmpty() {
    return connected.isEmpty() && !joining;
  }

  List<Plugin> connected() {
    return connected;
  }

  void enterStep() {
    gate.readLock().lock();
  }

  void leaveStep() {
    gate.readLock().unlock();
  }

  /**
   * Introduces a plugin; between that and its first event nothing happens.
   *
   * @param patience how long steps under way may take to end, since new ones wait meanwhile
   * @throws TtrpcException also when they take longer
   */
  <T> T join(Plugin plugin, Duration patience, Introduction<T> introduction) throws TtrpcException {
    closeGate(patience);
    try {
      joining = true;
      events.lock();
      try {
        T result = introduction.of(plugin);
        add(plugin);
        return result;
      } finally {
        events.unlock();
      }
    } finally {
      joining = false;
      gate.writeLock().unlock();
    }
  }

  private void closeGate(Duration patience) throws TtrpcException {
    try {
      if (!gate.writeLock().tryLock(patience.toNanos(), TimeUnit.NANOSECONDS)) {
        throw TtrpcException.answered(
            TtrpcException.UNKNOWN,
            "a pod or container is being made or started for longer than %d ms"
                .formatted(patience.toMillis()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw TtrpcException.answered(TtrpcException.UNKNOWN, "interrupted");
    }
  }

  private synchronized void add(Plugin plugin) {
    if (connected.size() >= Bound.NRI_PLUGINS.limit()) {
      throw new JcriException(
          JcriException.Kind.RESOURCE_EXHAUSTED,
          Bound.NRI_PLUGINS.limit() + " NRI plugins are connected already");
    }
    if (plugin.peer().isClosed()) {
      return; // its end has been dealt with before it was in the list
    }
    List<Plugin> more = new ArrayList<>(connected);
    more.add(plugin);
    more.sort(Comparator.comparing(Plugin::index).thenComparing(Plugin::base));
    connected = List.copyOf(more);
  }

  /** Forgets whatever plugin has ended. */
  synchronized void removeClosed() {
    connected = connected.stream().filter(plugin -> !plugin.peer().isClosed()).toList();
  }

  /** Runs something without any event in between but its own. */
  void exclusively(Runnable action) {
    events.lock();
    try {
      action.run();
    } finally {
      events.unlock();
    }
  }

  /**
   * Gives every plugin that wants the event its turn. One that is lost meanwhile has no say.
   *
   * @return the plugins that are still there
   * @throws JcriException naming the plugin that refused
   */
  List<Plugin> each(Event event, Turn turn) {
    List<Plugin> took = new ArrayList<>();
    events.lock();
    try {
      for (Plugin plugin : connected) {
        try {
          if (plugin.wants(event)) {
            turn.of(plugin);
          }
          took.add(plugin);
        } catch (TtrpcException e) {
          if (!e.isLost()) {
            throw refusal(plugin, event, e);
          }
          log.warn(
              "NRI plugin {} is lost at {}: {}",
              plugin.name(),
              Plugin.method(event),
              e.getMessage());
          removeClosed();
        }
      }
    } finally {
      events.unlock();
    }
    return took;
  }

  /** As {@link #each} for what can't be refused: a plugin that tries is only told of in the log. */
  void eachAnyway(Event event, Turn turn) {
    List<Plugin> _ =
        each(
            event,
            plugin -> {
              try {
                turn.of(plugin);
              } catch (TtrpcException e) {
                if (e.isLost()) {
                  throw e;
                }
                log.warn(
                    "NRI plugin {} failed at {}: {}",
                    plugin.name(),
                    Plugin.method(event),
                    e.getMessage());
              }
            });
  }

  private static JcriException refusal(Plugin plugin, Event event, TtrpcException e) {
    return new JcriException(
        Kind.INTERNAL,
        "NRI plugin %s refused %s: %s"
            .formatted(plugin.name(), Plugin.method(event), e.getMessage()),
        e);
  }
}
