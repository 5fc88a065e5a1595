package io.jcri.daemon.log;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The last few of many. Thread-safe; nobody waits in here. */
final class Ring<T> {
  private final int most;
  private final Deque<T> last = new ArrayDeque<>(); // guarded by this

  Ring(int most) {
    this.most = most;
  }

  synchronized void add(T one) {
    if (last.size() == most) {
      last.removeFirst();
    }
    last.addLast(one);
  }

  /** The oldest first. */
  synchronized List<T> list() {
    return List.copyOf(last);
  }
}
