package io.jcri.oci.image;

import io.jcri.oci.OciException;
import io.jcri.oci.manifest.ImageReference;
import io.jcri.oci.signature.ImageTrust;
import io.jcri.oci.snapshot.LayerStore;
import io.jcri.oci.snapshot.Snapshotter;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * How images come into the store. What is left of one that fails goes, unless a next try can use
 * it. Thread-safe.
 */
final class ImageArrivals {

  private final ImageFetcher fetcher;
  private final LayerStore layers;
  private final Snapshotter snapshotter;
  private final ImageBook book;
  private final Supplier<ImageTrust> trust;
  private final Runnable collect;

  /**
   * @param collect removes the layers that nothing uses
   */
  ImageArrivals(
      ImageFetcher fetcher,
      LayerStore layers,
      Snapshotter snapshotter,
      ImageBook book,
      Supplier<ImageTrust> trust,
      Runnable collect) {
    this.fetcher = fetcher;
    this.layers = layers;
    this.snapshotter = snapshotter;
    this.book = book;
    this.trust = trust;
    this.collect = collect;
  }

  /** As {@link ImageStore#pull}. */
  Image pull(PullRequest request, PullProgress progress) {
    ImageReference reference = request.reference();
    if (reference.digest().isPresent()) {
      // What a digest names cannot have changed.
      Optional<Image> here =
          book.catalog().find(reference.withDigestOnly(reference.digest().get()).toString());
      if (here.isPresent()
          && (here.get().artifact().isPresent() || request.platform().runs(here.get().platform()))
          && trust.get().stillApproves(reference, here.get().approvals())) {
        return here.get();
      }
    }
    return receive(receiver -> fetcher.pull(request, receiver, progress)).getLast();
  }

  /** As {@link ImageStore#importArchive(InputStream, ArchiveWish)}. */
  List<Image> load(InputStream archive, ArchiveWish wish) {
    return receive(receiver -> fetcher.load(archive, wish, receiver));
  }

  /** A failure that may pass leaves the layers that have come, for a next try. */
  private List<Image> receive(Consumer<ImageReceiver> fetch) {
    var _ = book.catalog(); // else what comes could not be entered
    StoreReceiver receiver = new StoreReceiver(layers, snapshotter, book, trust.get());
    boolean collects = true;
    try {
      fetch.accept(receiver);
      collects = false;
      return receiver.recorded();
    } catch (OciException e) {
      collects = !isPassing(e.kind());
      throw e;
    } finally {
      receiver.close();
      if (collects && receiver.hasBegun()) {
        collect.run();
      }
    }
  }

  private static boolean isPassing(OciException.Kind kind) {
    return switch (kind) {
      case UNAVAILABLE, CANCELLED, DEADLINE_EXCEEDED -> true;
      case NOT_FOUND,
          INVALID,
          UNAUTHENTICATED,
          PERMISSION_DENIED,
          RESOURCE_EXHAUSTED,
          DATA_LOSS,
          FAILED_PRECONDITION,
          SIGNATURE_VALIDATION_FAILED,
          INTERNAL ->
          false;
    };
  }
}
