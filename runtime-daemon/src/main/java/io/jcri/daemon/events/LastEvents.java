package io.jcri.daemon.events;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The last event of each object, and so which ones are missing. Guarded by its owner's lock. */
final class LastEvents {
  private final Map<String, EventType> last = new HashMap<>();

  /** Takes it that the events up to this one have been published. */
  void begin(String id, EventType published) {
    last.put(id, published);
  }

  boolean knows(String id) {
    return last.containsKey(id);
  }

  /**
   * The object is as it is after this event.
   *
   * @param ran whether it was ever started, which a stopped one need not have been
   * @return the events up to there that have not been published, in order
   */
  List<EventType> reach(String id, EventType now, boolean ran) {
    List<EventType> missing = new ArrayList<>(2);
    @Nullable EventType before = last.get(id);
    for (EventType step : EventType.values()) {
      boolean due = !step.after(now) && (before == null || step.after(before));
      if (due && (step != EventType.STARTED || ran)) {
        missing.add(step);
      }
    }
    if (!missing.isEmpty()) {
      last.put(id, now);
    }
    return missing;
  }

  /** The object is no more. One that nobody has heard of goes without a word. */
  List<EventType> end(String id) {
    @Nullable EventType before = last.remove(id);
    if (before == null) {
      return List.of();
    }
    return before == EventType.STARTED
        ? List.of(EventType.STOPPED, EventType.DELETED)
        : List.of(EventType.DELETED);
  }
}
