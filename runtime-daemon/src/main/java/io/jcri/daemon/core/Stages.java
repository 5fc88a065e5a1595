package io.jcri.daemon.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the milliseconds of one operation went. The line it logs answers the operator's first
 * question about a slow pod; an operation of over five seconds is logged as a warning.
 *
 * <p>Used by one thread at a time.
 */
public final class Stages {
  private static final Logger log = LoggerFactory.getLogger(Stages.class);
  private static final long SLOW_NANOS = 5_000_000_000L;

  private record Stage(String name, long nanos) {}

  private final String operation;
  private final long begin = System.nanoTime();
  private long stageBegin = begin;
  private final List<Stage> stages = new ArrayList<>();

  /**
   * Begins an operation and its first stage.
   *
   * @param operation with the object, such as {@code RunPodSandbox default/web}
   */
  public Stages(String operation) {
    this.operation = operation;
  }

  /** Ends the stage that began with the one before. */
  public void done(String stage) {
    long now = System.nanoTime();
    stages.add(new Stage(stage, now - stageBegin));
    stageBegin = now;
  }

  /** Ends the operation. */
  public void finish() {
    long total = System.nanoTime() - begin;
    if (total > SLOW_NANOS) {
      log.warn("{}", describe(total));
    } else if (log.isDebugEnabled()) {
      log.debug("{}", describe(total));
    }
  }

  private String describe(long total) {
    StringBuilder text = new StringBuilder(operation).append(" took ").append(millis(total));
    String separator = ": ";
    for (Stage stage : stages) {
      text.append(separator).append(stage.name).append(' ').append(millis(stage.nanos));
      separator = ", ";
    }
    return text.toString();
  }

  private static String millis(long nanos) {
    return String.format(Locale.ROOT, "%.1f ms", nanos / 1e6);
  }
}
