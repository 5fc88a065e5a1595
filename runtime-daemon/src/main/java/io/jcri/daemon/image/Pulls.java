package io.jcri.daemon.image;

import io.jcri.daemon.core.Meter;
import io.jcri.daemon.core.Stages;
import io.jcri.daemon.log.CurrentCall;
import io.jcri.oci.Digest;
import io.jcri.oci.image.PullProgress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pulls under way, for who asks and for the log: one that takes long is told of again and
 * again. Pulls that want the same layer see the same progress, whichever of them fetches it.
 * Thread-safe.
 */
public final class Pulls {
  private static final Logger logger = LoggerFactory.getLogger(Pulls.class);
  private static final Duration BETWEEN_LINES = Duration.ofSeconds(10);

  /** A layer and how many pulls want it. */
  private record Wanted(LayerProgress progress, int pulls) {}

  private final InstantSource clock;
  private final LongSupplier nanos;
  private final Duration betweenLines;
  private final Consumer<String> log;
  private final Set<Pull> underWay = ConcurrentHashMap.newKeySet();
  private final Map<Digest, Wanted> layers = new ConcurrentHashMap<>();

  Pulls() {
    this(InstantSource.system(), System::nanoTime, BETWEEN_LINES, logger::info);
  }

  /**
   * With clocks of the caller's.
   *
   * @param log takes a line about each pull after each of these times
   */
  Pulls(InstantSource clock, LongSupplier nanos, Duration betweenLines, Consumer<String> log) {
    this.clock = clock;
    this.nanos = nanos;
    this.betweenLines = betweenLines;
    this.log = log;
  }

  /**
   * Begins to watch a pull; close it when it is over, whatever its end.
   *
   * @param by who wants it
   */
  public Pull begin(String reference, String by) {
    Pull pull = new Pull(reference, by);
    underWay.add(pull);
    pull.telling.start();
    return pull;
  }

  /** Every pull, the oldest first. */
  public List<PullState> states() {
    return underWay.stream()
        .map(Pull::state)
        .sorted(Comparator.comparing(PullState::since))
        .toList();
  }

  /** One pull. Thread-safe. */
  public final class Pull implements PullProgress, AutoCloseable {
    private final String reference;
    private final String by;
    private final Instant since = clock.instant();
    private final Thread telling = Thread.ofVirtual().name("pull log").unstarted(this::tell);

    /** Of the call for which it is done, if there is one. */
    private final Optional<Stages> stages;

    /** Guarded by itself. */
    private final Map<Digest, LayerProgress> mine = new LinkedHashMap<>();

    private Pull(String reference, String by) {
      this.reference = reference;
      this.by = by;
      this.stages = CurrentCall.current().map(_ -> new Stages("PullImage " + reference));
      stages.ifPresent(its -> its.begin("manifest"));
    }

    public String reference() {
      return reference;
    }

    /** How it stands. */
    public PullState state() {
      long now = nanos.getAsLong();
      synchronized (mine) {
        return new PullState(
            reference,
            by,
            since,
            mine.entrySet().stream()
                .map(layer -> layer.getValue().state(layer.getKey().toString(), now))
                .toList());
      }
    }

    @Override
    public void expected(Digest blob, long bytes) {
      synchronized (mine) {
        if (!mine.containsKey(blob)) {
          if (mine.isEmpty()) {
            stages.ifPresent(its -> its.begin("layers"));
          }
          mine.put(blob, enter(blob, bytes));
        }
      }
    }

    @Override
    public void received(Digest blob, int bytes) {
      Meter.now().received(bytes);
      Wanted layer = layers.get(blob);
      if (layer != null) {
        layer.progress.received(bytes, nanos.getAsLong());
      }
    }

    @Override
    public void layerDone(Digest blob) {
      Wanted layer = layers.get(blob);
      if (layer != null) {
        layer.progress.done();
      }
    }

    private void tell() {
      try {
        while (true) {
          Thread.sleep(betweenLines);
          log.accept(state().line());
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void close() {
      telling.interrupt();
      if (underWay.remove(this)) {
        stages.ifPresent(Stages::finish);
        synchronized (mine) {
          mine.keySet().forEach(Pulls.this::leave);
        }
      }
    }
  }

  private LayerProgress enter(Digest blob, long bytes) {
    return layers.merge(
            blob,
            new Wanted(new LayerProgress(bytes, nanos.getAsLong()), 1),
            (known, fresh) -> new Wanted(known.progress, known.pulls + 1))
        .progress;
  }

  private void leave(Digest blob) {
    layers.computeIfPresent(
        blob,
        (digest, layer) -> layer.pulls == 1 ? null : new Wanted(layer.progress, layer.pulls - 1));
  }
}
