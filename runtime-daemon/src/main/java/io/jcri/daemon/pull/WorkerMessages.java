package io.jcri.daemon.pull;

import io.jcri.oci.Digest;
import io.jcri.oci.distribution.credentials.Credentials;
import io.jcri.oci.image.SeekableLayer;
import io.jcri.oci.layer.Layer;
import io.jcri.oci.layer.WholeLayer;
import io.jcri.oci.manifest.Platform;
import io.jcri.oci.signature.Approval;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What daemon and pull worker say to each other; both are of the same installation. */
final class WorkerMessages {

  /** An upgrade may replace the files of a daemon that runs. */
  static final int VERSION = 1;

  private WorkerMessages() {}

  /**
   * The first line of the worker's standard input.
   *
   * @param root of the image store
   * @param socket where the daemon listens
   */
  record Settings(
      int version,
      Path root,
      Path socket,
      String logLevel,
      String logFormat,
      List<Path> registryDirectories,
      Optional<Path> registriesConf,
      Optional<Path> registryAuth,
      int parallelLayers,
      Duration noProgressTimeout,
      int leastRate,
      boolean strictPlatform,
      Optional<Path> signaturePolicy,
      Path signaturePlaces) {}

  /** What the daemon wants: one of both. */
  record Request(Optional<Pull> pull, Optional<Load> load) {}

  record Pull(String reference, Optional<Credentials> credentials, Platform platform) {
    @Override
    public String toString() {
      return reference;
    }
  }

  /** As {@link io.jcri.oci.image.ArchiveWish}; the worker asks for the content. */
  record Load(List<String> names, boolean pinned) {}

  /** One of these. Unless it says otherwise the daemon answers. */
  sealed interface FromWorker {}

  /** The request is taken: the first message. Not answered. */
  record Taken() implements FromWorker {}

  /** Asks for an empty directory, in which each layer is made in one of its own. */
  record MakeDirectory() implements FromWorker {}

  /** Not answered. */
  record Discard(Path directory) implements FromWorker {}

  /** Gives layers that are whole. */
  record Commit(List<WholeLayer> layers) implements FromWorker {}

  /** Tells what a reference stands for. */
  record Resolved(String reference, String mediaType, Digest digest, long size)
      implements FromWorker {}

  /** An image was found; layers are asked for by the number that this is answered with. */
  record Begin(List<Digest> diffIds) implements FromWorker {}

  /** Asks for the layers of an image that are here. */
  record FindAll(int image) implements FromWorker {}

  /** Asks for the layer at a height. */
  record Find(int image, int height) implements FromWorker {}

  /** The image is whole; its config follows. */
  record Enter(
      int image,
      String id,
      String user,
      Platform platform,
      Optional<String> artifact,
      List<SeekableLayer> seekable,
      List<String> tags,
      List<String> repoDigests,
      Optional<Approval> approval,
      boolean pinned)
      implements FromWorker {}

  /** No more is to come of an image. Not answered. */
  record Close(int image) implements FromWorker {}

  /** Asks for more of the archive. */
  record More() implements FromWorker {}

  /** Not answered. */
  record Expected(Digest blob, long bytes) implements FromWorker {}

  /** All that is to fetch was told. Not answered. */
  record Started(int layers, long bytes) implements FromWorker {}

  /** Not answered. */
  record Received(Digest blob, int bytes) implements FromWorker {}

  /** Not answered. */
  record LayerDone(Digest blob) implements FromWorker {}

  /** The last message. Not answered. */
  record Ended(Optional<Failure> failure) implements FromWorker {}

  /**
   * The daemon's.
   *
   * @param failure then there is nothing else
   * @param layers those asked for that are here
   * @param heights where in their image these are, when all were asked for
   * @param image number of a begun image
   */
  record Answer(
      Optional<Failure> failure,
      Optional<Path> directory,
      List<Layer> layers,
      List<Integer> heights,
      int image) {
    static final Answer NOTHING =
        new Answer(Optional.empty(), Optional.empty(), List.of(), List.of(), 0);

    static Answer failed(Failure failure) {
      return new Answer(Optional.of(failure), Optional.empty(), List.of(), List.of(), 0);
    }

    static Answer directory(Path directory) {
      return new Answer(Optional.empty(), Optional.of(directory), List.of(), List.of(), 0);
    }

    static Answer layer(Layer layer) {
      return new Answer(Optional.empty(), Optional.empty(), List.of(layer), List.of(), 0);
    }

    static Answer layers(List<Layer> layers) {
      return new Answer(Optional.empty(), Optional.empty(), layers, List.of(), 0);
    }

    static Answer layers(Map<Integer, Layer> byHeight) {
      List<Integer> heights = List.copyOf(byHeight.keySet());
      List<Layer> layers = List.copyOf(byHeight.values());
      return new Answer(Optional.empty(), Optional.empty(), layers, heights, 0);
    }

    static Answer image(int number) {
      return new Answer(Optional.empty(), Optional.empty(), List.of(), List.of(), number);
    }
  }

  /**
   * Why it went wrong.
   *
   * @param kind by the names of {@link io.jcri.oci.OciException.Kind}
   */
  record Failure(String kind, String message) {}
}
