package io.jcri.daemon.admin;

import io.jcri.daemon.image.Images;
import io.jcri.daemon.image.PullState;
import io.jcri.daemon.image.Pulls;
import io.jcri.oci.OciException;
import io.jcri.oci.distribution.credentials.Credentials;
import io.jcri.oci.image.Image;
import io.jcri.oci.image.PullRequest;
import io.jcri.oci.manifest.Platform;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code pull}: fetches an image and tells how it goes on. The pull ends with its client; what
 * another one wants of it goes on there.
 */
final class PullHandler implements AdminHandler {
  private static final Logger log = LoggerFactory.getLogger(PullHandler.class);

  private static final long BETWEEN_ANSWERS_MS = 200;

  private final Images images;

  PullHandler(Images images) {
    this.images = images;
  }

  @Override
  public void handle(AdminCall call) throws IOException {
    PullMessages.Pull wish = call.arguments(PullMessages.Pull.class);
    Optional<Credentials> credentials =
        wish.user().map(user -> Credentials.of(user, wish.password().orElse("")));
    Platform platform = platform(wish.platform());
    call.answer(
        images.pullFirst(
            wish.reference(),
            reference -> pull(new PullRequest(reference, credentials, platform), call)));
  }

  private PullMessages.Progress pull(PullRequest request, AdminCall call) throws IOException {
    try (Pulls.Pull pull = images.begin(request.reference(), "jcri pull")) {
      FutureTask<Image> work = new FutureTask<>(() -> images.pull(request, pull));
      Thread worker = Thread.ofVirtual().name("pull").start(work);
      try {
        Image image = await(work, pull, call);
        log.info("pulled image {} as {}", image.id(), pull.reference());
        return progress(pull.state(), Optional.of(image.id()));
      } finally {
        worker.interrupt();
        join(worker);
      }
    }
  }

  /** Empty for the node's. */
  static Platform platform(Optional<String> text) {
    if (text.isEmpty()) {
      return Platform.host();
    }
    String[] parts = text.get().split("/", -1);
    for (String part : parts) {
      if (part.isEmpty() || parts.length < 2 || parts.length > 3) {
        throw new OciException(
            OciException.Kind.INVALID,
            "a platform is OS/ARCHITECTURE or OS/ARCHITECTURE/VARIANT, not " + text.get());
      }
    }
    return parts.length == 2
        ? new Platform(parts[0], parts[1])
        : new Platform(parts[0], parts[1], parts[2]);
  }

  private static Image await(FutureTask<Image> work, Pulls.Pull pull, AdminCall call)
      throws IOException {
    while (true) {
      try {
        return work.get(BETWEEN_ANSWERS_MS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        call.answer(progress(pull.state(), Optional.empty()));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new OciException(OciException.Kind.CANCELLED, "the client has gone", e);
      } catch (ExecutionException e) {
        switch (e.getCause()) {
          case OciException oci -> throw oci;
          case Error error -> throw error;
          case null, default ->
              throw new OciException(
                  OciException.Kind.INTERNAL, "cannot pull " + pull.reference(), e.getCause());
        }
      }
    }
  }

  /** What it has fetched is in order, or given back, before the client hears of the end. */
  private static void join(Thread worker) {
    boolean interrupted = false;
    while (true) {
      try {
        worker.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static PullMessages.Progress progress(PullState state, Optional<String> id) {
    return new PullMessages.Progress(
        state.reference(),
        state.layers().stream()
            .map(layer ->
                new PullMessages.Layer(
                    layer.digest(),
                    layer.received(),
                    layer.total(),
                    layer.rate(),
                    layer.done() || id.isPresent()))
            .toList(),
        id);
  }
}
