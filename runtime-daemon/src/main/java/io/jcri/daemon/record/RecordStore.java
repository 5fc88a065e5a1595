package io.jcri.daemon.record;

import io.jcri.daemon.budget.Bound;
import io.jcri.daemon.core.JcriException;
import io.jcri.oci.JsonRest;
import io.jcri.oci.record.RecordFile;
import io.jcri.oci.record.RecordFormat;
import io.jcri.oci.record.RecordFraming;
import io.jcri.oci.record.RecordReading;
import io.jcri.sandbox.linux.Reasons;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One file per object, in the {@link RecordFraming#HEADER} framing.
 *
 * <p>No fsync: a pod dies with the machine, and after a power cut a torn record is recognised by
 * its checksum. If the daemon dies between write and rename, a {@code .tmp} is left that {@link
 * #loadAll} deletes. A record that can't be read stays as it is and is named by {@link
 * #unreadable}: its object is there, though nothing is known of it.
 *
 * <p>Thread-safe as long as one object's saves are serialised by its owner's lock.
 *
 * @param <T> the record's type
 */
public final class RecordStore<T extends Record> {
  private static final Logger log = LoggerFactory.getLogger(RecordStore.class);
  private static final String SUFFIX = ".json";

  /** What we ourselves may add to a record, as when its object has started. */
  private static final int OWN_BYTES = 4096;

  private final Path directory;
  private final RecordFormat<T> format;

  /** Bytes by id, and their sum. */
  private final Map<String, Long> sizes = new ConcurrentHashMap<>();

  private final AtomicLong all = new AtomicLong();

  /** What a later version has written beside what we know, by id; of few or none. */
  private final Map<String, JsonRest> rests = new ConcurrentHashMap<>();

  /** Why, by id. */
  private final Map<String, String> unreadable = new ConcurrentHashMap<>();

  private volatile Optional<String> unlisted = Optional.empty();

  /** Creates the directory when it is missing. */
  public RecordStore(Path directory, Class<T> type) throws IOException {
    this.directory = Files.createDirectories(directory);
    this.format =
        RecordFormat.of(type.getSimpleName().toLowerCase(Locale.ROOT), type, RecordFraming.HEADER);
  }

  /**
   * Replaces the object's record.
   *
   * @throws UncheckedIOException naming the file, when the disk is full or broken
   */
  public void save(String id, T value) {
    save(id, value, false);
  }

  /**
   * As {@link #save}, for an object that is new or may grow by what its author wants.
   *
   * @throws JcriException RESOURCE_EXHAUSTED when it or all of them would have too many bytes
   */
  public void saveBounded(String id, T value) {
    save(id, value, true);
  }

  private void save(String id, T value, boolean bounded) {
    byte[] content = format.encode(value, rests.getOrDefault(id, JsonRest.NONE));
    if (bounded) {
      requireRoom(id, content.length);
    }
    RecordFile<T> file = file(id);
    try {
      file.replace(content);
      account(id, content.length);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write record " + file.path(), e);
    }
  }

  /** Deletes the object's record; one that is gone already is fine. */
  public void delete(String id) {
    Path file = file(id).path();
    try {
      Files.deleteIfExists(file);
      account(id, 0);
      rests.remove(id);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete record " + file, e);
    }
  }

  /** Reads every record that can be read, and drops what a crash left half-written. */
  public List<T> loadAll() {
    List<T> loaded = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        String name = String.valueOf(file.getFileName());
        if (name.endsWith(".tmp")) {
          deleteQuietly(file);
        } else if (name.endsWith(SUFFIX)) {
          load(name.substring(0, name.length() - SUFFIX.length()), loaded);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      log.error("not all records in {} can be found: {}", directory, Reasons.of(e));
      unlisted = Optional.of("the records in %s can't be listed".formatted(directory));
    }
    return loaded;
  }

  private void load(String id, List<T> loaded) {
    RecordFile<T> file = file(id);
    switch (file.read()) {
      case RecordReading.Read<T> found -> {
        loaded.add(found.value());
        if (!found.rest().isEmpty()) {
          rests.put(id, found.rest());
        }
        account(id, Math.max(1, file.path().toFile().length()));
      }
      case RecordReading.Torn<T> bad -> keep(id, "its record is damaged: " + bad.reason());
      case RecordReading.FromNewer<T> bad ->
          keep(id, "its record is from a later version of jcri: " + bad.reason());
      case RecordReading.Unreadable<T> bad -> keep(id, "its record can't be read: " + bad.reason());
      case RecordReading.Absent<T> _ -> {}
    }
  }

  private void keep(String id, String why) {
    log.warn("of {} of the {} nothing is known: {}", id, directory.getFileName(), why);
    unreadable.put(id, why);
  }

  /** The ids of the objects whose records {@link #loadAll} could not read, and why. */
  public Map<String, String> unreadable() {
    return Map.copyOf(unreadable);
  }

  /** Why {@link #loadAll} may not have found all records, if so. */
  public Optional<String> unlisted() {
    return unlisted;
  }

  private void requireRoom(String id, long bytes) {
    long more = bytes - sizes.getOrDefault(id, 0L);
    if (bytes > Bound.RECORD.limit()) {
      throw exhausted("its record would have %d bytes, the limit is %d", bytes, Bound.RECORD);
    }
    long sum = all.get() + more;
    if (more > OWN_BYTES && sum > Bound.ALL_RECORDS.limit()) {
      throw exhausted("all records would have %d bytes, the limit is %d", sum, Bound.ALL_RECORDS);
    }
  }

  private static JcriException exhausted(String what, long bytes, Bound bound) {
    return new JcriException(
        JcriException.Kind.RESOURCE_EXHAUSTED, what.formatted(bytes, bound.limit()));
  }

  private void account(String id, long bytes) {
    Long before = bytes == 0 ? sizes.remove(id) : sizes.put(id, bytes);
    all.addAndGet(bytes - (before == null ? 0 : before));
  }

  private static void deleteQuietly(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (NoSuchFileException e) {
      log.trace("{} vanished", file);
    } catch (IOException e) {
      log.warn("cannot delete {}: {}", file, e.getMessage());
    }
  }

  private RecordFile<T> file(String id) {
    // Twice: records that lie beyond the bound of today may have been good yesterday.
    int most = Math.toIntExact(2 * Bound.RECORD.limit());
    return new RecordFile<>(directory.resolve(id + SUFFIX), format, most);
  }
}
