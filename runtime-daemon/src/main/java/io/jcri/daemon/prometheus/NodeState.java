package io.jcri.daemon.prometheus;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What is looked at when somebody scrapes. Takes no long-held lock, and reads no more than a file.
 */
public interface NodeState {
  /** How many pods there are, by a word for their state: all states, those without a pod too. */
  Map<String, Integer> pods();

  /** The same of containers. */
  Map<String, Integer> containers();

  /** The shims of containers that the daemon is connected to. */
  int shims();

  /** Exec, attach and port-forward sessions that stream. */
  int sessions();

  int pulls();

  /** The processes that pull, or wait for more to pull: their ids. */
  List<Long> pullWorkers();

  int images();

  /** What images take on disk. */
  long imageBytes();

  boolean networkReady();

  int eventSubscribers();

  /** How many events the slowest subscriber has not taken yet. */
  int longestEventQueue();

  /** The file systems that the daemon writes to, by what lies there. */
  Map<String, FileSystem> fileSystems() throws IOException;

  /** Whether the configuration in the files is the one in use, as far as it was read. */
  boolean configGood();

  /** When it was last read without a fault. */
  Instant configGoodAt();

  /**
   * A file system.
   *
   * @param available bytes that others than root may write
   * @param inodes 0 when it has no limit of them
   */
  record FileSystem(long bytes, long available, long inodes, long freeInodes) {}
}
