package io.jcri.daemon.pull;

import io.jcri.oci.OciException;
import io.jcri.oci.OciException.Kind;
import io.jcri.sandbox.linux.Reasons;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One pull or load as the worker does it: runs until nothing works for it any more. The thread that
 * runs it must not be interrupted; {@link #cancel} and {@link #kill} are for others.
 */
final class Conversation implements Runnable {

  private static final Logger log = LoggerFactory.getLogger(Conversation.class);

  private final WorkerProcess worker;
  private final WorkerMessages.Request request;
  private final StoreSide store;

  private volatile boolean cancelled;
  private volatile WorkerProcess.@Nullable Connection connection;

  Conversation(WorkerProcess worker, WorkerMessages.Request request, StoreSide store) {
    this.worker = worker;
    this.request = request;
    this.store = store;
  }

  /** Has the worker stop; it may take a moment. */
  void cancel() {
    cancelled = true;
    hangUp();
  }

  /** Its death is the end of all that it is at. */
  void kill() {
    WorkerProcess.Connection open = connection;
    if (open != null) {
      open.kill();
    } else {
      worker.kill();
    }
  }

  private void hangUp() {
    WorkerProcess.Connection open = connection;
    if (open != null) {
      try {
        open.wire().endWriting();
      } catch (IOException e) {
        log.debug("the pull worker has hung up first: {}", Reasons.of(e));
      }
    }
  }

  /**
   * Returns when all is done.
   *
   * @throws OciException what the worker has failed with; UNAVAILABLE when it has died
   */
  @Override
  public void run() {
    try (WorkerProcess.Connection open = worker.request(request, () -> cancelled)) {
      connection = open;
      if (cancelled) {
        hangUp();
      }
      Optional<WorkerMessages.Failure> failure = converse(open);
      if (failure.isPresent()) {
        throw new OciException(kind(failure.get().kind()), failure.get().message());
      }
    }
  }

  private Optional<WorkerMessages.Failure> converse(WorkerProcess.Connection open) {
    WorkerMessages.Ended ended = null;
    try {
      // To its very end: until the worker hangs up it may be writing to the store.
      for (WorkerWire.Message message = open.wire().read();
          message != null;
          message = open.wire().read()) {
        if (message.body() instanceof WorkerMessages.Ended last) {
          ended = last;
          hangUp();
        } else if (ended == null) {
          serve(message, open);
        }
      }
    } catch (IOException e) {
      log.warn("the pull worker cannot be understood and is ended: {}", Reasons.of(e));
      open.kill();
    }
    if (ended == null) {
      throw open.lost();
    }
    return ended.failure();
  }

  private void serve(WorkerWire.Message message, WorkerProcess.Connection open) {
    try {
      store.serve(message, open.wire());
    } catch (IOException e) {
      // Cancelled, or the worker has died: either way it hangs up.
      log.debug("the pull worker gets no answer: {}", Reasons.of(e));
      hangUp();
    }
  }

  private static Kind kind(String name) {
    try {
      return Kind.valueOf(name);
    } catch (IllegalArgumentException e) {
      return Kind.INTERNAL;
    }
  }
}
