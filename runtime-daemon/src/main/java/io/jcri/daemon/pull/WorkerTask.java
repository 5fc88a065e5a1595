package io.jcri.daemon.pull;

import io.jcri.oci.OciException;
import io.jcri.oci.OciException.Kind;
import io.jcri.oci.image.ArchiveWish;
import io.jcri.oci.image.DirectFetcher;
import io.jcri.oci.image.PullRequest;
import io.jcri.oci.manifest.ImageReference;
import io.jcri.sandbox.linux.Reasons;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What one call is to do, by a thread that may be interrupted before and after it has begun. */
final class WorkerTask {

  private static final Logger log = LoggerFactory.getLogger(WorkerTask.class);

  private final WorkerMessages.Request request;

  /** Both guarded by this. */
  private @Nullable Thread worker;

  private boolean cancelled;

  WorkerTask(WorkerMessages.Request request) {
    this.request = request;
  }

  synchronized void cancel() {
    cancelled = true;
    if (worker != null) {
      worker.interrupt();
    }
  }

  private synchronized void begin() {
    worker = Thread.currentThread();
    if (cancelled) {
      worker.interrupt();
    }
  }

  private synchronized void end() {
    worker = null;
    boolean _ = Thread.interrupted();
  }

  void run(WorkerCall call, DirectFetcher fetcher) {
    begin();
    Optional<WorkerMessages.Failure> failure = Optional.empty();
    try {
      fetch(call, fetcher);
    } catch (OciException e) {
      failure = failure(e.kind(), String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      log.error("a pull has failed", e);
      failure = failure(Kind.INTERNAL, "the pull worker: " + Reasons.of(e));
    }
    end();
    call.tell(new WorkerMessages.Ended(failure));
  }

  private static Optional<WorkerMessages.Failure> failure(Kind kind, String message) {
    return Optional.of(new WorkerMessages.Failure(kind.name(), message));
  }

  private void fetch(WorkerCall call, DirectFetcher fetcher) {
    RemoteReceiver receiver = new RemoteReceiver(call);
    if (request.pull().isPresent()) {
      WorkerMessages.Pull pull = request.pull().get();
      fetcher.pull(
          new PullRequest(
              ImageReference.parse(pull.reference()), pull.credentials(), pull.platform()),
          receiver,
          new RemoteProgress(call));
    } else if (request.load().isPresent()) {
      WorkerMessages.Load load = request.load().get();
      fetcher.load(new RemoteArchive(call), new ArchiveWish(load.names(), load.pinned()), receiver);
    }
  }
}
