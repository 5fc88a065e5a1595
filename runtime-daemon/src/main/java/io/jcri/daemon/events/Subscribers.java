package io.jcri.daemon.events;

import io.jcri.daemon.core.Meter;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who hears of events: subscribers, for whom events wait when there are none, and onlookers, who
 * take nothing from them. Not thread-safe: {@link Events} guards it.
 */
final class Subscribers {
  private static final Logger log = LoggerFactory.getLogger(Subscribers.class);

  private final Set<Subscription> subscribers = new LinkedHashSet<>();
  private final Set<Subscription> onlookers = new LinkedHashSet<>();

  /** Hands an event to all of them; who has no room for it hears of none any more. */
  void tell(Event event) {
    subscribers.removeIf(subscriber -> !taken(subscriber, event));
    onlookers.removeIf(onlooker -> !taken(onlooker, event));
  }

  private static boolean taken(Subscription subscription, Event event) {
    boolean taken = subscription.offer(event);
    if (!taken) {
      log.warn("{} takes events too slowly and is dropped", subscription);
      Meter.now().subscriberDropped();
    }
    return taken;
  }

  void add(Subscription subscriber) {
    subscribers.add(subscriber);
  }

  /** Says whether it was one. */
  boolean remove(Subscription subscriber) {
    return subscribers.remove(subscriber);
  }

  boolean contains(Subscription subscriber) {
    return subscribers.contains(subscriber);
  }

  void addOnlooker(Subscription onlooker) {
    onlookers.add(onlooker);
  }

  /** Says whether it was one. */
  boolean removeOnlooker(Subscription onlooker) {
    return onlookers.remove(onlooker);
  }

  /** Of subscribers, without onlookers. */
  int count() {
    return subscribers.size();
  }

  /**
   * When the oldest event happened that a subscriber has not taken yet; empty when there is none.
   */
  Optional<Long> oldestWaiting() {
    return subscribers.stream()
        .flatMap(subscriber -> subscriber.waitingSince().stream())
        .min(Long::compare);
  }

  EventFigures figures() {
    return new EventFigures(
        count(), subscribers.stream().mapToInt(Subscription::waiting).max().orElse(0));
  }

  /** Of all of them. */
  List<String> names() {
    return Stream.concat(subscribers.stream(), onlookers.stream())
        .map(Subscription::toString)
        .toList();
  }

  void end() {
    subscribers.forEach(Subscription::end);
    onlookers.forEach(Subscription::end);
  }
}
