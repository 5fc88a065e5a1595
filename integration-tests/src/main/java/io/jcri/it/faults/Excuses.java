package io.jcri.it.faults;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What may be lost in a round, by what was done in it. Thread-safe. */
final class Excuses {
  private final Set<String> harmed = ConcurrentHashMap.newKeySet();
  private final Set<String> killed = ConcurrentHashMap.newKeySet();
  private final Set<String> pods = ConcurrentHashMap.newKeySet();
  private volatile boolean allHarmed;

  /** Excuses what is lost of a container, if its status says so. */
  void harm(String container) {
    harmed.add(container);
  }

  /** Excuses what is lost of any container, if its status says so. */
  void harmAll() {
    allHarmed = true;
  }

  boolean isAllHarmed() {
    return allHarmed;
  }

  boolean isHarmed(String container) {
    return allHarmed || harmed.contains(container);
  }

  /** Excuses that a container does not start in a pod whose record is damaged. */
  void harmPod(String pod) {
    pods.add(pod);
  }

  /** Whether anything was damaged that no record tells of any more. */
  boolean isAnythingUnrecorded() {
    return allHarmed || !harmed.isEmpty() || !pods.isEmpty();
  }

  /** Remembers that a container was killed from outside: its exit code may be 137 instead. */
  void kill(String container) {
    killed.add(container);
  }

  boolean isKilled(String container) {
    return killed.contains(container);
  }
}
