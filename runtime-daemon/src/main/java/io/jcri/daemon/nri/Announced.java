package io.jcri.daemon.nri;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How far plugins have heard of pods or containers, so that each end is told once, and none whose
 * beginning was not. Thread-safe.
 */
final class Announced {
  private enum Stage {
    RUNNING,
    STOPPED
  }

  private final Map<String, Stage> stages = new ConcurrentHashMap<>();

  void begun(String id) {
    stages.put(id, Stage.RUNNING);
  }

  /** Part of what a new plugin was told. */
  void listed(String id, boolean running) {
    stages.putIfAbsent(id, running ? Stage.RUNNING : Stage.STOPPED);
  }

  /** Returns whether the end is still to be told. */
  boolean stop(String id) {
    return stages.replace(id, Stage.RUNNING, Stage.STOPPED);
  }

  /** Returns whether anybody has ever heard of it. */
  boolean forget(String id) {
    return stages.remove(id) != null;
  }
}
