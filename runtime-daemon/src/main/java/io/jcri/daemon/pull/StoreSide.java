package io.jcri.daemon.pull;

import io.jcri.oci.OciException;
import io.jcri.oci.OciException.Kind;
import io.jcri.oci.image.FetchedImage;
import io.jcri.oci.image.ImageReceiver;
import io.jcri.oci.image.PullProgress;
import io.jcri.oci.manifest.Descriptor;
import io.jcri.oci.manifest.ImageReference;
import io.jcri.sandbox.linux.Reasons;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Answers what the worker asks for one pull or load. Used by one thread. */
final class StoreSide {

  /** More than an archive may hold; a worker that asks for so much is not itself any more. */
  private static final int MOST_IMAGES = 10_000;

  private final ImageReceiver receiver;
  private final PullProgress progress;
  private final ArchiveFeed archive;
  private final Map<Integer, ImageReceiver.Receiving> images = new HashMap<>();
  private int begun;

  /**
   * @param archive that is loaded
   */
  StoreSide(ImageReceiver receiver, PullProgress progress, InputStream archive) {
    this.receiver = receiver;
    this.progress = progress;
    this.archive = new ArchiveFeed(archive);
  }

  /** Does what a message wants, and answers if it wants an answer. */
  void serve(WorkerWire.Message message, WorkerWire wire) throws IOException {
    if (!(message.body() instanceof WorkerMessages.FromWorker ask)) {
      throw new IOException("the worker says " + message.body());
    }
    switch (ask) {
      case WorkerMessages.Discard discard -> receiver.discard(discard.directory());
      case WorkerMessages.Close close -> close(close.image());
      case WorkerMessages.Expected layer -> progress.expected(layer.blob(), layer.bytes());
      case WorkerMessages.Started all -> progress.started(all.layers(), all.bytes());
      case WorkerMessages.Received more -> progress.received(more.blob(), more.bytes());
      case WorkerMessages.LayerDone layer -> progress.layerDone(layer.blob());
      case WorkerMessages.More more -> archive.send(wire);
      default -> wire.write(answer(ask, message.bytes()));
    }
  }

  private WorkerMessages.Answer answer(WorkerMessages.FromWorker ask, byte[] bytes) {
    try {
      return answerTo(ask, bytes);
    } catch (OciException e) {
      return failed(e.kind(), String.valueOf(e.getMessage()));
    } catch (IOException e) {
      return failed(OciException.ofIo("the store", e).kind(), Reasons.ofNamed(e));
    }
  }

  private WorkerMessages.Answer answerTo(WorkerMessages.FromWorker ask, byte[] bytes)
      throws IOException {
    return switch (ask) {
      case WorkerMessages.MakeDirectory make ->
          WorkerMessages.Answer.directory(receiver.makeTemporary());
      case WorkerMessages.Commit whole ->
          WorkerMessages.Answer.layers(receiver.commit(whole.layers()));
      case WorkerMessages.Resolved to -> {
        receiver.resolved(
            ImageReference.parse(to.reference()),
            new Descriptor(to.mediaType(), to.digest(), to.size()));
        yield WorkerMessages.Answer.NOTHING;
      }
      case WorkerMessages.Begin begin -> begin(begin);
      case WorkerMessages.FindAll all -> WorkerMessages.Answer.layers(image(all.image()).present());
      case WorkerMessages.Find one ->
          image(one.image())
              .layer(one.height())
              .map(WorkerMessages.Answer::layer)
              .orElse(WorkerMessages.Answer.NOTHING);
      case WorkerMessages.Enter enter -> {
        image(enter.image())
            .record(
                new FetchedImage(
                    enter.id(),
                    bytes,
                    enter.user(),
                    enter.platform(),
                    enter.artifact(),
                    enter.seekable(),
                    enter.tags(),
                    enter.repoDigests(),
                    enter.approval(),
                    enter.pinned()));
        yield WorkerMessages.Answer.NOTHING;
      }
      default -> throw new IOException("the worker says " + ask);
    };
  }

  private WorkerMessages.Answer begin(WorkerMessages.Begin begin) {
    if (begun == MOST_IMAGES) {
      throw new OciException(Kind.INTERNAL, "more than " + MOST_IMAGES + " images at once");
    }
    begun++;
    images.put(begun, receiver.begin(begin.diffIds()));
    return WorkerMessages.Answer.image(begun);
  }

  private ImageReceiver.Receiving image(int number) {
    return Optional.ofNullable(images.get(number))
        .orElseThrow(
            () -> new OciException(Kind.INTERNAL, "image " + number + " has not been begun"));
  }

  private void close(int number) {
    ImageReceiver.Receiving image = images.remove(number);
    if (image != null) {
      image.close();
    }
  }

  private static WorkerMessages.Answer failed(Kind kind, String message) {
    return WorkerMessages.Answer.failed(new WorkerMessages.Failure(kind.name(), message));
  }
}
