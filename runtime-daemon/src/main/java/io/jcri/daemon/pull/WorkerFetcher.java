package io.jcri.daemon.pull;

import io.jcri.daemon.config.DaemonConfig;
import io.jcri.daemon.core.Layout;
import io.jcri.daemon.log.CurrentCall;
import io.jcri.daemon.system.NativeBinaries;
import io.jcri.oci.OciException;
import io.jcri.oci.OciException.Kind;
import io.jcri.oci.image.ArchiveWish;
import io.jcri.oci.image.ImageFetcher;
import io.jcri.oci.image.ImageReceiver;
import io.jcri.oci.image.PullProgress;
import io.jcri.oci.image.PullRequest;
import io.jcri.sandbox.cgroup.Cgroups;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has images fetched by the pull worker. Thread-safe. */
public final class WorkerFetcher implements ImageFetcher {

  private static final Logger log = LoggerFactory.getLogger(WorkerFetcher.class);

  /** A worker that hangs for so long after it was told to stop is of no use to others either. */
  private static final Duration STOPS_WITHIN = Duration.ofSeconds(30);

  private final Workers workers;

  private WorkerFetcher(Workers workers) {
    this.workers = workers;
  }

  /** As a node is configured at the time of a pull; starts nothing yet. */
  public static WorkerFetcher of(
      Supplier<DaemonConfig> config, Layout layout, NativeBinaries binaries, Cgroups cgroups) {
    return new WorkerFetcher(new Workers(config, layout, binaries, cgroups));
  }

  /** The ids of the worker's process, and of those before it that are at work still. */
  public List<Long> processes() {
    return workers.processes();
  }

  @Override
  public void pull(PullRequest request, ImageReceiver receiver, PullProgress progress) {
    String reference = request.reference().toString();
    WorkerMessages.Pull pull =
        new WorkerMessages.Pull(reference, request.credentials(), request.platform());
    fetch(
        new WorkerMessages.Request(Optional.of(pull), Optional.empty()),
        new StoreSide(receiver, progress, InputStream.nullInputStream()),
        "the pull of " + reference);
  }

  @Override
  public void load(InputStream archive, ArchiveWish wish, ImageReceiver receiver) {
    WorkerMessages.Load load = new WorkerMessages.Load(wish.names(), wish.pinned());
    fetch(
        new WorkerMessages.Request(Optional.empty(), Optional.of(load)),
        new StoreSide(receiver, PullProgress.NONE, archive),
        "the load of an archive");
  }

  /** The caller may be interrupted; whoever speaks to the worker is not. */
  private void fetch(WorkerMessages.Request request, StoreSide store, String what) {
    Conversation conversation = new Conversation(workers.get(), request, store);
    FutureTask<Void> work = new FutureTask<>(conversation, null);
    Thread.ofVirtual().name("pull worker call").start(CurrentCall.carried(work));
    boolean interrupted = false;
    while (true) {
      try {
        if (interrupted) {
          work.get(STOPS_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        } else {
          work.get();
        }
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
        return;
      } catch (InterruptedException e) {
        if (!interrupted) {
          conversation.cancel();
        }
        interrupted = true;
      } catch (TimeoutException e) {
        log.error("{} does not stop, the pull worker is ended", what);
        conversation.kill();
      } catch (ExecutionException e) {
        if (interrupted) {
          Thread.currentThread().interrupt();
          throw new OciException(Kind.CANCELLED, what + " was interrupted", e);
        }
        throw failure(e.getCause(), what);
      }
    }
  }

  private static OciException failure(@Nullable Throwable cause, String what) {
    return switch (cause) {
      case WorkerLostException lost -> lost;
      // Made again here: the stack of whoever waited tells more than that of who spoke.
      case OciException oci -> new OciException(oci.kind(), String.valueOf(oci.getMessage()), oci);
      case Error error -> throw error;
      case null, default -> new OciException(Kind.INTERNAL, what + " has failed", cause);
    };
  }
}
