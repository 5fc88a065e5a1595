package io.jcri.it.faults;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What may be lost in a round, by what was done in it. Thread-safe. */
final class Excuses {
  private final Set<String> harmed = ConcurrentHashMap.newKeySet();
  private final Set<String> killed = ConcurrentHashMap.newKeySet();
  private volatile boolean unrecorded;

  /** Excuses what is lost of a container, if its status says so. */
  void harm(String container) {
    harmed.add(container);
  }

  boolean isHarmed(String container) {
    return harmed.contains(container);
  }

  /** Remembers that of something no record tells any more whose it is. */
  void unrecord() {
    unrecorded = true;
  }

  /** Whether anything is left to whoever finds it, as a client can't look for it by its pod. */
  boolean isAnythingUnrecorded() {
    return unrecorded;
  }

  /** Remembers that a container was killed from outside: its exit code may be 137 instead. */
  void kill(String container) {
    killed.add(container);
  }

  boolean isKilled(String container) {
    return killed.contains(container);
  }
}
