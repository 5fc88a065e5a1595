package io.jcri.daemon.streaming;

import io.jcri.daemon.streaming.request.StreamRequest;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** The sessions that clients have. Thread-safe; nobody waits in here. */
final class OpenSessions {
  private final int most;
  private final AtomicInteger count = new AtomicInteger();
  private final Set<Entry> open = ConcurrentHashMap.newKeySet();

  OpenSessions(int most) {
    this.most = most;
  }

  /** One of them, by identity: two may be for the same. */
  static final class Entry {
    private final StreamRequest request;
    private final Instant since = Instant.now();

    private Entry(StreamRequest request) {
      this.request = request;
    }
  }

  /** Whether there is room for another; it is taken, and given back by {@link #leave}. */
  boolean tryEnter() {
    if (count.incrementAndGet() <= most) {
      return true;
    }
    count.decrementAndGet();
    return false;
  }

  /** Says what the room that was taken is for. */
  Entry begin(StreamRequest request) {
    Entry entry = new Entry(request);
    open.add(entry);
    return entry;
  }

  void leave(Entry entry) {
    if (open.remove(entry)) {
      count.decrementAndGet();
    }
  }

  /** The oldest first. */
  List<StreamingServer.Session> list() {
    return open.stream()
        .map(entry ->
            new StreamingServer.Session(entry.request.kind(), target(entry.request), entry.since))
        .sorted(Comparator.comparing(StreamingServer.Session::since))
        .toList();
  }

  private static String target(StreamRequest request) {
    return switch (request) {
      case StreamRequest.Exec exec -> exec.containerId();
      case StreamRequest.Attach attach -> attach.containerId();
      case StreamRequest.PortForward forward -> forward.podId();
    };
  }
}
