package io.jcri.oci.inflate;

import io.jcri.oci.OciException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;

/**
 * Memory outside the heap for large windows of zstd frames, shared by all layers of the node. Who
 * waits is served in order, and waits for no one who waits: a layer has one window at a time and
 * needs nothing else to be through with it. Thread-safe.
 */
public final class WindowRoom {

  /** What {@code zstd --long=31} makes, the largest that the library inflates. */
  public static final long BYTES = 2L << 30;

  /** Every decoder has to take this much (RFC 8878, section 3.1.1.1.2); it is not counted. */
  static final long UNCOUNTED = 8 << 20;

  private static final long UNIT = 1 << 20;

  private static final class OfNode {
    static final WindowRoom ROOM = new WindowRoom(Math.min(BYTES, memory() / 2));
  }

  private final int units;
  private final Semaphore free;

  WindowRoom(long bytes) {
    this.units = (int) (bytes / UNIT);
    this.free = new Semaphore(units, true);
  }

  /** The one of this process: no more than half of the memory that it may have. */
  public static WindowRoom ofNode() {
    return OfNode.ROOM;
  }

  /** Room that was taken; closing it once gives it back. */
  final class Taken implements AutoCloseable {
    private int units;

    private Taken(int units) {
      this.units = units;
    }

    @Override
    public void close() {
      free.release(units);
      units = 0;
    }
  }

  /**
   * Waits for room.
   *
   * @throws OciException RESOURCE_EXHAUSTED when there will never be as much
   */
  Taken take(long bytes) throws IOException {
    long wanted = bytes <= UNCOUNTED ? 0 : (bytes + UNIT - 1) / UNIT;
    if (wanted > units) {
      throw new OciException(
          OciException.Kind.RESOURCE_EXHAUSTED,
          "its zstd window takes %d bytes of memory, the limit on this node is %d"
              .formatted(bytes, units * UNIT));
    }
    try {
      free.acquire((int) wanted);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for memory for a zstd window");
    }
    return new Taken((int) wanted);
  }

  /** How many bytes nobody has now. */
  long free() {
    return free.availablePermits() * UNIT;
  }

  /** Whether somebody waits. */
  boolean isAwaited() {
    return free.hasQueuedThreads();
  }

  /** The memory of the machine, or what the process' cgroups leave of it. */
  private static long memory() {
    long bytes = BYTES;
    try {
      for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
        if (line.startsWith("MemTotal:")) {
          bytes = Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
        }
      }
      Path top = Path.of("/sys/fs/cgroup");
      for (String line : Files.readAllLines(Path.of("/proc/self/cgroup"))) {
        if (line.startsWith("0::/")) {
          Path group = top.resolve(line.substring("0::/".length()));
          for (; group.startsWith(top) && !group.equals(top); group = group.resolveSibling("")) {
            bytes = Math.min(bytes, limit(group.resolve("memory.max")));
          }
        }
      }
    } catch (IOException | RuntimeException e) {
      // An odd /proc: what is known by now has to do.
      return bytes;
    }
    return bytes;
  }

  private static long limit(Path file) throws IOException {
    String text = Files.exists(file) ? Files.readString(file).strip() : "max";
    return text.equals("max") ? Long.MAX_VALUE : Long.parseLong(text);
  }
}
