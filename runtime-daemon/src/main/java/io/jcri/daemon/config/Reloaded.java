package io.jcri.daemon.config;

import java.util.List;

/**
 * What reading the configuration again has found to be another, each such as {@code streaming.port
 * (0 -> 10010)}.
 *
 * @param applied what counts from now on
 * @param needRestart what counts from the next start on
 */
public record Reloaded(List<String> applied, List<String> needRestart) {
  /** Copies its lists. */
  public Reloaded {
    applied = List.copyOf(applied);
    needRestart = List.copyOf(needRestart);
  }

  /** In one line. */
  @Override
  public String toString() {
    return applied.isEmpty() && needRestart.isEmpty()
        ? "nothing has changed"
        : (applied.isEmpty() ? "nothing is applied" : "applied: " + String.join(", ", applied))
            + (needRestart.isEmpty() ? "" : "; needs a restart: " + String.join(", ", needRestart));
  }
}
