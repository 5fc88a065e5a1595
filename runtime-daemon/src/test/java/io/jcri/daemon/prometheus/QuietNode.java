package io.jcri.daemon.prometheus;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/** A node on which nothing happens. */
final class QuietNode implements NodeState {
  @Override
  public Map<String, Integer> pods() {
    return Map.of("ready", 2, "not_ready", 0);
  }

  @Override
  public Map<String, Integer> containers() {
    return Map.of("running", 3);
  }

  @Override
  public int shims() {
    return 3;
  }

  @Override
  public int sessions() {
    return 0;
  }

  @Override
  public int pulls() {
    return 0;
  }

  @Override
  public List<Long> pullWorkers() {
    return List.of(ProcessHandle.current().pid());
  }

  @Override
  public int images() {
    return 0;
  }

  @Override
  public long imageBytes() {
    return 0;
  }

  @Override
  public boolean networkReady() {
    return true;
  }

  @Override
  public int eventSubscribers() {
    return 0;
  }

  @Override
  public int longestEventQueue() {
    return 0;
  }

  @Override
  public Map<String, FileSystem> fileSystems() {
    return Map.of("images", new FileSystem(100, 50, 10, 5));
  }

  @Override
  public boolean configGood() {
    return true;
  }

  @Override
  public Instant configGoodAt() {
    return Instant.ofEpochSecond(7);
  }
}
