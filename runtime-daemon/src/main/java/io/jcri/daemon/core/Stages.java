package io.jcri.daemon.core;

import io.jcri.daemon.log.CurrentCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the milliseconds of one operation go. That answers the operator's first question about a
 * slow pod: the call for which it is done tells it when it is slow, in its midst and at its end.
 *
 * <p>Used by one thread at a time; read by any.
 */
public final class Stages implements CurrentCall.Course {
  private static final Logger log = LoggerFactory.getLogger(Stages.class);
  private static final long SLOW_NANOS = 5_000_000_000L;

  /** What is shorter was no waiting. */
  private static final long NOTHING_NANOS = 100_000;

  private static final String WAITING = "waiting";

  private record Stage(String name, long begin, long end) {
    long nanos() {
      return end - begin;
    }
  }

  private final String operation;
  private final String verb;
  private final long begin = System.nanoTime();
  private final List<Stage> stages = new ArrayList<>(); // this and the rest are guarded by this
  private long stageBegin = begin;
  private String stage = WAITING;

  /**
   * Begins an operation, which waits until its first stage begins.
   *
   * @param operation a call of CRI with its object, such as {@code RunPodSandbox default/web}
   */
  public Stages(String operation) {
    this.operation = operation;
    this.verb = operation.split(" ", 2)[0];
    CurrentCall.goes(this);
  }

  /** Ends the stage before, and begins one. */
  public synchronized void begin(String next) {
    endStage();
    stage = next;
  }

  private void endStage() {
    long now = System.nanoTime();
    if (!stage.isEmpty() && (!stage.equals(WAITING) || now - stageBegin > NOTHING_NANOS)) {
      stages.add(new Stage(stage, stageBegin, now));
      Meter.now().stage(verb, stage, now - stageBegin);
    }
    stageBegin = now;
  }

  /** Ends the operation. */
  public synchronized void finish() {
    endStage();
    stage = "";
    long total = System.nanoTime() - begin;
    if (total > SLOW_NANOS && CurrentCall.current().isEmpty()) {
      log.warn("{}", describe(total));
    } else if (log.isDebugEnabled()) {
      log.debug("{}", describe(total));
    }
  }

  private String describe(long total) {
    String times = times();
    return operation + " took " + millis(total) + (times.isEmpty() ? "" : ": " + times);
  }

  @Override
  public synchronized String stage() {
    return stage;
  }

  @Override
  public synchronized String times() {
    StringBuilder text = new StringBuilder();
    stages.forEach(done -> append(text, done.name, done.nanos()));
    if (!stage.isEmpty()) {
      append(text, stage, System.nanoTime() - stageBegin);
    }
    return text.toString();
  }

  @Override
  public synchronized List<CurrentCall.Part> parts() {
    return stages.stream()
        .map(done -> new CurrentCall.Part(operation, done.name, done.begin, done.end))
        .toList();
  }

  private static void append(StringBuilder text, String name, long nanos) {
    text.append(text.isEmpty() ? "" : ", ").append(name).append(' ').append(millis(nanos));
  }

  private static String millis(long nanos) {
    return String.format(Locale.ROOT, "%.1f ms", nanos / 1e6);
  }
}
