package io.jcri.daemon.web;

import io.jcri.daemon.admin.AdminClient;
import io.jcri.daemon.admin.AdminException;
import io.jcri.daemon.admin.ImageMessages;
import io.jcri.daemon.admin.NodeMessages;
import io.jcri.daemon.admin.PullMessages;
import io.jcri.daemon.admin.StatusMessages;
import io.jcri.oci.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What the page shows, asked of the daemon: however many browsers there are, once a second at most,
 * and images more seldom. Thread-safe; who comes while the daemon is asked waits for that answer.
 */
final class NodeLook {
  private static final Duration FRESH = Duration.ofMillis(900);
  private static final Duration IMAGES_FRESH = Duration.ofSeconds(8);

  /** For {@code debug}, without stacks. */
  private record Ask(boolean threads) {}

  /** A call as {@code debug} tells of it. */
  record Call(
      String id,
      String method,
      String subject,
      String stage,
      String times,
      Instant since,
      long millis) {}

  /** A line of the log at WARN or ERROR. */
  record Trouble(Instant time, String level, String message) {}

  /** What of {@code debug} the page shows. */
  record Doing(List<Call> calls, List<Call> slowCalls, List<Trouble> troubles) {}

  /**
   * All of it.
   *
   * @param doing empty when the daemon is of a version that does not tell
   */
  record Node(
      Instant now,
      String host,
      StatusMessages.Status status,
      List<NodeMessages.Pod> pods,
      List<NodeMessages.Container> containers,
      List<NodeMessages.Usage> usage,
      List<ImageMessages.Row> images,
      List<PullMessages.Row> pulls,
      List<NodeMessages.Event> events,
      Optional<Doing> doing) {}

  /**
   * An answer for a browser.
   *
   * @param status of HTTP: 200, or 503 when the daemon is away
   */
  record Answer(int status, String json) {}

  private record Away(String away) {}

  private final AdminClient daemon;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable Answer last;
  private long lastAt;
  private List<ImageMessages.Row> images = List.of();
  private @Nullable Long imagesAt;

  NodeLook(AdminClient daemon) {
    this.daemon = daemon;
  }

  Answer get() {
    lock.lock();
    try {
      Answer known = last;
      if (known == null || System.nanoTime() - lastAt > FRESH.toNanos()) {
        known = ask();
        last = known;
        lastAt = System.nanoTime();
      }
      return known;
    } finally {
      lock.unlock();
    }
  }

  private static String text(Object value) {
    return new String(Json.toBytes(value), StandardCharsets.UTF_8);
  }

  private Answer ask() {
    try {
      return new Answer(200, text(look()));
    } catch (IOException e) {
      imagesAt = null; // the next daemon may have others
      return new Answer(503, text(new Away(String.valueOf(e.getMessage()))));
    }
  }

  private Node look() throws IOException {
    StatusMessages.Status status =
        all("status", new StatusMessages.Ask(), StatusMessages.Status.class).getFirst();
    NodeMessages.All everything = new NodeMessages.All();
    return new Node(
        Instant.now(),
        Files.readString(Path.of("/proc/sys/kernel/hostname")).strip(),
        status,
        all("pods", everything, NodeMessages.Pod.class),
        all("containers", everything, NodeMessages.Container.class),
        all("usage", everything, NodeMessages.Usage.class),
        images(),
        all("pulls", new PullMessages.All(), PullMessages.Row.class),
        all("events", new NodeMessages.Listen(false), NodeMessages.Event.class),
        doing());
  }

  private List<ImageMessages.Row> images() throws IOException {
    if (imagesAt == null || System.nanoTime() - imagesAt > IMAGES_FRESH.toNanos()) {
      images = all("images", new ImageMessages.All(), ImageMessages.Row.class);
      imagesAt = System.nanoTime();
    }
    return images;
  }

  private Optional<Doing> doing() throws IOException {
    try {
      return Optional.of(all("debug", new Ask(false), Doing.class).getFirst());
    } catch (AdminException e) {
      if (!e.kind().equals("INVALID")) {
        throw e;
      }
      return Optional.empty(); // it does not know the verb
    }
  }

  private <T extends Record> List<T> all(String verb, Record arguments, Class<T> type)
      throws IOException {
    List<T> answers = new ArrayList<>();
    daemon.ask(verb, arguments, type, answers::add);
    if (answers.isEmpty() && type == StatusMessages.Status.class) {
      throw new IOException("it has nothing to say of itself");
    }
    return answers;
  }
}
