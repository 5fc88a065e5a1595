package io.jcri.daemon.record;

import io.jcri.daemon.JcriException;
import io.jcri.daemon.budget.Bound;
import io.jcri.oci.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One file per object, replaced whole by rename. The first line is a header with the format's
 * version and the checksum of the rest:
 *
 * <pre>
 * {"version":1,"crc32c":"1c291ca3"}
 * {"id":"6f2a…","phase":"READY",…}
 * </pre>
 *
 * <p>No fsync: a pod dies with the machine, and after a power cut a torn record is recognised by
 * its checksum. If the daemon dies between write and rename, a {@code .tmp} is left that {@link
 * #loadAll} deletes. A bad record is renamed to {@code <id>.json.bad} and hurts its own object
 * only.
 *
 * <p>Thread-safe as long as one object's saves are serialised by its owner's lock.
 *
 * @param <T> the record's type
 */
public final class RecordStore<T extends Record> {
  private static final Logger log = LoggerFactory.getLogger(RecordStore.class);
  private static final int VERSION = 1;
  private static final String SUFFIX = ".json";

  /** What we ourselves may add to a record, as when its object has started. */
  private static final int OWN_BYTES = 4096;

  private final Path directory;
  private final Class<T> type;

  /** Bytes by id, and their sum. */
  private final Map<String, Long> sizes = new ConcurrentHashMap<>();

  private final AtomicLong all = new AtomicLong();

  /** Creates the directory when it is missing. */
  public RecordStore(Path directory, Class<T> type) throws IOException {
    this.directory = Files.createDirectories(directory);
    this.type = type;
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
    byte[] body = Json.toBytes(value);
    if (bounded) {
      requireRoom(id, body.length);
    }
    byte[] header =
        "{\"version\":%d,\"crc32c\":\"%08x\"}\n"
            .formatted(VERSION, checksum(body, 0))
            .getBytes(StandardCharsets.US_ASCII);
    byte[] whole = new byte[header.length + body.length];
    System.arraycopy(header, 0, whole, 0, header.length);
    System.arraycopy(body, 0, whole, header.length, body.length);
    Path temporary = directory.resolve(id + ".tmp");
    try {
      Files.write(temporary, whole);
      Files.move(temporary, file(id), StandardCopyOption.ATOMIC_MOVE);
      account(id, body.length);
    } catch (IOException e) {
      deleteQuietly(temporary);
      throw new UncheckedIOException("cannot write record " + file(id), e);
    }
  }

  /** Deletes the object's record; one that is gone already is fine. */
  public void delete(String id) {
    try {
      Files.deleteIfExists(file(id));
      account(id, 0);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete record " + file(id), e);
    }
  }

  /** Reads every good record, sets the bad ones aside and drops what a crash left half-written. */
  public List<T> loadAll() throws IOException {
    List<T> loaded = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        String name = String.valueOf(file.getFileName());
        if (name.endsWith(".tmp")) {
          deleteQuietly(file);
        } else if (name.endsWith(SUFFIX)) {
          try {
            loaded.add(read(file));
            account(name.substring(0, name.length() - SUFFIX.length()), Files.size(file));
          } catch (IOException | RuntimeException e) {
            setAside(file, e);
          }
        }
      }
    }
    return loaded;
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

  private T read(Path file) throws IOException {
    // Twice: records that lie beyond the bound of today may have been good yesterday.
    if (Files.size(file) > 2 * Bound.RECORD.limit()) {
      throw new IOException("it has " + Files.size(file) + " bytes");
    }
    byte[] whole = Files.readAllBytes(file);
    int newline = 0;
    while (newline < whole.length && whole[newline] != '\n') {
      newline++;
    }
    if (newline == whole.length) {
      throw new IOException("record has no header line");
    }
    String header = new String(whole, 0, newline, StandardCharsets.UTF_8);
    String expected =
        "{\"version\":%d,\"crc32c\":\"%08x\"}".formatted(VERSION, checksum(whole, newline + 1));
    if (!header.equals(expected)) {
      throw new IOException("header is " + header + " but should be " + expected);
    }
    return Json.parse(Arrays.copyOfRange(whole, newline + 1, whole.length), type);
  }

  private static long checksum(byte[] bytes, int from) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, bytes.length - from);
    return crc.getValue();
  }

  private static void setAside(Path file, Exception why) {
    Path bad = file.resolveSibling(file.getFileName() + ".bad");
    log.error("record {} is bad and set aside as {}: {}", file, bad, why.getMessage());
    try {
      Files.move(file, bad, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      log.error("cannot set aside {}: {}", file, e.getMessage());
    }
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

  private Path file(String id) {
    return directory.resolve(id + SUFFIX);
  }
}
