package io.jcri.daemon.events;

import io.jcri.daemon.budget.Bound;
import io.jcri.daemon.pod.Pod;
import io.jcri.oci.Json;
import io.jcri.sandbox.linux.Reasons;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The note of what subscribers have been told: a line for each event, appended, later ones count.
 *
 * <pre>
 * jcri told events, format 1, boot 2f0c…
 * subscribers 1
 * sandbox 7d3e… STARTED {"id":"7d3e…",…}     with the pod, to tell of its end without its record
 * told 7d3e… STOPPED
 * container 91bb… CREATED 7d3e…              with the sandbox
 * missed 91bb… 1790000000000000000           its record was gone when a daemon started
 * </pre>
 *
 * <p>A journal, and so none of the records of {@code oci.record}: it grows by a line at a time, and
 * a reader takes the lines that it understands. One of another format counts as none, and costs
 * nobody more than events told twice.
 *
 * <p>It lies where a reboot empties it. A note that can't be written costs a repetition after the
 * next restart and nothing now. Used under one lock.
 */
public final class PublishedEventsFile {
  private static final Logger log = LoggerFactory.getLogger(PublishedEventsFile.class);
  private static final String HEADER = "jcri told events, format 1, boot ";
  private static final long COMPACT_BYTES = 1 << 20;

  private final Path file;
  private final String header;
  private final boolean found;
  private final Map<String, Published> table = new HashMap<>();
  private int subscribers;

  /**
   * Not a channel: those close for good when their thread is interrupted, as a caller's is that
   * leaves.
   */
  private @Nullable OutputStream out;

  private long size;
  private long compactAt;

  /** The time of the event whose line is written already, though the table has not got it yet. */
  private long writtenAt;

  /**
   * What was told of one object.
   *
   * @param last event
   * @param podId the sandbox
   * @param pod of a sandbox: as it was; empty for a container
   * @param missedSince nanoseconds since the epoch, 0 while its record is there
   */
  record Published(EventType last, String podId, Optional<Pod> pod, long missedSince) {
    Published with(EventType next) {
      return new Published(next.after(last) ? next : last, podId, pod, missedSince);
    }

    Published missed(long since) {
      return new Published(last, podId, pod, missedSince == 0 ? since : missedSince);
    }
  }

  private PublishedEventsFile(Path file, String bootId) {
    this.file = file;
    this.header = HEADER + bootId;
    this.found = read();
  }

  /** Reads the note; one of another boot counts as none. */
  public static PublishedEventsFile open(Path file, String bootId) {
    return new PublishedEventsFile(file, bootId);
  }

  /** Whether there was a note of this boot. */
  boolean found() {
    return found;
  }

  /** By the objects' ids. */
  Map<String, Published> table() {
    return table;
  }

  /** How many there were when the note was last written. */
  int subscribers() {
    return subscribers;
  }

  void note(Event event) {
    Optional<String> line = lineOf(event);
    @Nullable Published known = table.get(event.id());
    if (event.type() == EventType.DELETED) {
      table.remove(event.id());
    } else {
      table.put(event.id(), known != null ? known.with(event.type()) : first(event));
    }
    if (event.at() != writtenAt) {
      line.ifPresent(this::append);
    }
  }

  private static Published first(Event event) {
    Optional<Pod> pod = event.ofSandbox() ? event.pod() : Optional.empty();
    return new Published(event.type(), event.podId(), pod, 0);
  }

  /** What is appended when this event is told; nothing for the end of what nobody has heard of. */
  private Optional<String> lineOf(Event event) {
    if (table.containsKey(event.id())) {
      return Optional.of("told " + event.id() + " " + event.type());
    }
    return event.type() == EventType.DELETED
        ? Optional.empty()
        : Optional.of(line(event.id(), first(event)));
  }

  /**
   * Makes ready what {@link #write} appends when the event is told, so that this is one call of the
   * system's.
   */
  Line prepare(Event event) {
    byte[] bytes =
        lineOf(event)
            .map(line -> (line + "\n").getBytes(StandardCharsets.UTF_8))
            .orElse(new byte[0]);
    return new Line(bytes, event.at());
  }

  /** A line to be written, about the event of this time. */
  @SuppressWarnings("ArrayRecordComponent") // nobody compares it
  record Line(byte[] bytes, long at) {}

  /** Appends it, if that can be done at once; {@link #note} must follow, and does so otherwise. */
  void write(Line line) {
    if (out != null && size <= compactAt && write(out, line.bytes())) {
      writtenAt = line.at();
    }
  }

  void noteSubscribers(int count) {
    if (count != subscribers) {
      subscribers = count;
      append("subscribers " + count);
    }
  }

  /** An object's record was not there when the daemon started. */
  void missed(String id, long now) {
    table.computeIfPresent(id, (key, told) -> told.missed(now));
  }

  /** Nobody is to be told of an object any more. */
  void forget(String id) {
    table.remove(id);
  }

  private static String line(String id, Published told) {
    return told.pod().isPresent()
        ? "sandbox %s %s %s"
            .formatted(
                id, told.last(), new String(Json.toBytes(told.pod().get()), StandardCharsets.UTF_8))
        : "container %s %s %s".formatted(id, told.last(), told.podId());
  }

  private void append(String line) {
    if (out == null || size > compactAt) {
      compact();
      return;
    }
    write(out, (line + "\n").getBytes(StandardCharsets.UTF_8));
  }

  private boolean write(OutputStream note, byte[] bytes) {
    try {
      note.write(bytes);
      size += bytes.length;
      return true;
    } catch (IOException e) {
      leave(note); // it may end in half a line: the next event writes it anew
      out = null;
      warn(e);
      return false;
    }
  }

  /** Writes the note anew, with one line an object. */
  void compact() {
    leave(out);
    out = null;
    writtenAt = 0;
    @Nullable OutputStream fresh = null;
    try {
      Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
      fresh = new FileOutputStream(temporary.toFile());
      writeAll(fresh);
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
      out = fresh;
      size = Files.size(file);
      compactAt = 2 * size + COMPACT_BYTES;
    } catch (IOException e) {
      leave(fresh);
      warn(e);
    }
  }

  /** By lines: all of them may be large beside the heap. */
  private void writeAll(OutputStream fresh) throws IOException {
    BufferedWriter text = new BufferedWriter(new OutputStreamWriter(fresh, StandardCharsets.UTF_8));
    text.append(header).append('\n');
    text.append("subscribers ").append(Integer.toString(subscribers)).append('\n');
    for (Map.Entry<String, Published> entry : table.entrySet()) {
      Published told = entry.getValue();
      text.append(line(entry.getKey(), told)).append('\n');
      if (told.missedSince() > 0) {
        String since = Long.toString(told.missedSince());
        text.append("missed ").append(entry.getKey()).append(' ').append(since).append('\n');
      }
    }
    text.flush();
  }

  private static void leave(@Nullable OutputStream note) {
    try {
      if (note != null) {
        note.close();
      }
    } catch (IOException e) {
      log.debug("a note of events could not be closed: {}", Reasons.of(e));
    }
  }

  private void warn(IOException e) {
    log.warn("cannot note in {} what events were told: {}", file, Reasons.of(e));
  }

  private boolean read() {
    try {
      if (Files.notExists(file)) {
        return false;
      }
      if (Files.size(file) > Bound.TOLD_EVENTS.limit()) {
        log.warn("{} has grown too large and is not read; events may be told again", file);
        return false;
      }
      try (BufferedReader lines = Files.newBufferedReader(file)) {
        return header.equals(wholeLine(lines)) && readAll(lines);
      }
    } catch (IOException | RuntimeException e) {
      log.warn("{} can't be used; events may be told again or be missing: {}", file, Reasons.of(e));
      table.clear();
      return false;
    }
  }

  private boolean readAll(BufferedReader lines) throws IOException {
    for (String line = wholeLine(lines); line != null; line = wholeLine(lines)) {
      read(line.split(" ", 4));
    }
    return true;
  }

  /** The next line; null at the end, and for one that a kill has cut short. */
  private static @Nullable String wholeLine(BufferedReader lines) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = lines.read(); next != '\n'; next = lines.read()) {
      if (next < 0) {
        return null;
      }
      line.append((char) next);
    }
    return line.toString();
  }

  private void read(String[] words) {
    switch (words[0]) {
      case "subscribers" -> subscribers = Integer.parseInt(words[1]);
      case "sandbox" -> {
        Pod pod = Json.parse(words[3].getBytes(StandardCharsets.UTF_8), Pod.class);
        table.put(words[1], new Published(type(words), words[1], Optional.of(pod), 0));
      }
      case "container" ->
          table.put(words[1], new Published(type(words), words[3], Optional.empty(), 0));
      case "told" -> {
        if (type(words) == EventType.DELETED) {
          table.remove(words[1]);
        } else {
          table.computeIfPresent(words[1], (id, told) -> told.with(type(words)));
        }
      }
      case "missed" ->
          table.computeIfPresent(words[1], (id, told) -> told.missed(Long.parseLong(words[2])));
      default -> {}
    }
  }

  private static EventType type(String[] words) {
    return EventType.valueOf(words[2]);
  }
}
