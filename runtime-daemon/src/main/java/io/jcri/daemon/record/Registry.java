package io.jcri.daemon.record;

import io.jcri.daemon.core.JcriException;
import io.jcri.sandbox.linux.Reasons;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The objects of one kind: immutable snapshots in memory, a record of each on disk. Readers take no
 * lock; a change is made under the object's own lock, so that no object waits for another's I/O.
 *
 * <p>Thread-safe.
 *
 * @param <T> the snapshot's type
 */
public final class Registry<T extends Record> {
  private static final Logger log = LoggerFactory.getLogger(Registry.class);

  private final String kind;
  private final Function<T, String> idOf;
  private final RecordStore<T> records;
  private final Watcher<T> watcher;
  private final Map<String, Entry<T>> entries = new ConcurrentHashMap<>();

  /**
   * Who is told of each change, by the thread that makes it and under the object's lock: so in
   * order for each object, and only as long as it is quick. What is loaded is no change.
   */
  public interface Watcher<T> {
    /** The object is new or another; it is recorded and readers see it. */
    void changed(T now);

    /** The object's record is gone; readers still see it. */
    default void leaving(T last) {}

    /** Nobody sees the object any more. */
    default void left(T last) {}
  }

  private static final class Entry<T> {
    final ReentrantLock lock = new ReentrantLock();
    final boolean readable;
    volatile T value;

    Entry(T value, boolean readable) {
      this.value = value;
      this.readable = readable;
    }
  }

  /**
   * An empty registry; what is on disk comes through {@link #addLoaded}.
   *
   * @param kind the object's name in error messages, such as "pod sandbox"
   */
  public Registry(String kind, Function<T, String> idOf, RecordStore<T> records) {
    this(kind, idOf, records, now -> {});
  }

  /** As above, with a watcher. */
  public Registry(
      String kind, Function<T, String> idOf, RecordStore<T> records, Watcher<T> watcher) {
    this.kind = kind;
    this.idOf = idOf;
    this.records = records;
    this.watcher = watcher;
  }

  /** Adds an object, its record first: if we die in between, the restart finds the record. */
  public void add(T value) {
    records.saveBounded(idOf.apply(value), value);
    Entry<T> entry = new Entry<>(value, true);
    entry.lock.lock();
    try {
      entries.put(idOf.apply(value), entry);
      watcher.changed(value);
    } finally {
      entry.lock.unlock();
    }
  }

  /** Adds an object whose record is on disk already. */
  public void addLoaded(T value) {
    entries.put(idOf.apply(value), new Entry<>(value, true));
  }

  /**
   * Adds an object whose record can't be read. The record stays as it is, whatever becomes of the
   * object, until that is removed.
   *
   * @param standIn what is shown in the object's place
   */
  public void addUnreadable(T standIn) {
    entries.put(idOf.apply(standIn), new Entry<>(standIn, false));
  }

  /** Whether the object is there by a stand-in. */
  public boolean isUnreadable(String id) {
    @Nullable Entry<T> entry = entries.get(id);
    return entry != null && !entry.readable;
  }

  /** All snapshots, in no order. */
  public Collection<T> all() {
    return entries.values().stream().map(entry -> entry.value).toList();
  }

  /** The snapshot of exactly this id. */
  public Optional<T> get(String id) {
    @Nullable Entry<T> entry = entries.get(id);
    return entry == null ? Optional.empty() : Optional.of(entry.value);
  }

  /**
   * The object with this id or with an id of which this is the only match as a prefix.
   *
   * @throws JcriException NOT_FOUND, or INVALID when the prefix is ambiguous
   */
  public T require(String idOrPrefix) {
    return find(idOrPrefix).orElseThrow(() -> JcriException.notFound(kind, idOrPrefix));
  }

  /** As {@link #require}, but empty when there is none. */
  public Optional<T> find(String idOrPrefix) {
    if (idOrPrefix.isEmpty()) {
      throw JcriException.invalid(kind + " id must not be empty");
    }
    @Nullable Entry<T> exact = entries.get(idOrPrefix);
    if (exact != null) {
      return Optional.of(exact.value);
    }
    Map<String, T> matches = new TreeMap<>();
    entries.forEach((id, entry) -> {
      if (id.startsWith(idOrPrefix)) {
        matches.put(id, entry.value);
      }
    });
    if (matches.size() > 1) {
      throw JcriException.invalid(
          "%s id %s is ambiguous: it begins %d ids".formatted(kind, idOrPrefix, matches.size()));
    }
    return matches.values().stream().findFirst();
  }

  /**
   * Changes an object and its record, under its lock. The function must be quick: no call to the
   * kernel or a plugin in here.
   *
   * @return the new snapshot, or empty when the object has been removed meanwhile
   */
  public Optional<T> update(String id, UnaryOperator<T> change) {
    return update(id, change, true);
  }

  /**
   * As {@link #update}, for what leads downwards: a record that can't be written, as on a full
   * disk, must not keep a pod or container from ending. A restart then finds the older record, and
   * the truth by looking.
   */
  public Optional<T> updateAnyway(String id, UnaryOperator<T> change) {
    return update(id, change, false);
  }

  private void save(String id, T next, boolean mustBeRecorded) {
    if (mustBeRecorded) {
      records.saveBounded(id, next);
      return;
    }
    try {
      records.save(id, next);
    } catch (UncheckedIOException e) {
      log.warn("{} {} goes on without its record: {}", kind, id, Reasons.of(e));
    }
  }

  private Optional<T> update(String id, UnaryOperator<T> change, boolean mustBeRecorded) {
    @Nullable Entry<T> entry = entries.get(id);
    if (entry == null) {
      return Optional.empty();
    }
    entry.lock.lock();
    try {
      if (entries.get(id) != entry) {
        return Optional.empty();
      }
      T next = change.apply(entry.value);
      if (!next.equals(entry.value)) {
        if (entry.readable) {
          save(id, next, mustBeRecorded);
        }
        entry.value = next;
        watcher.changed(next);
      }
      return Optional.of(next);
    } finally {
      entry.lock.unlock();
    }
  }

  /** Forgets an object: the record first, so that a restart doesn't bring it back. */
  public void remove(String id) {
    @Nullable Entry<T> entry = entries.get(id);
    if (entry == null) {
      return;
    }
    entry.lock.lock();
    try {
      records.delete(id);
      if (entries.get(id) == entry) {
        watcher.leaving(entry.value);
        entries.remove(id, entry);
        watcher.left(entry.value);
      }
    } finally {
      entry.lock.unlock();
    }
  }
}
