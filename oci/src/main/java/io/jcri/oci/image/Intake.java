package io.jcri.oci.image;

import io.jcri.oci.OciException;
import io.jcri.oci.distribution.Descriptor;
import io.jcri.oci.distribution.Platform;
import io.jcri.oci.snapshot.Layer;
import io.jcri.oci.snapshot.LayerHold;
import io.jcri.oci.snapshot.LayerStore;
import io.jcri.oci.snapshot.Snapshotter;
import java.util.List;

/**
 * How an image gets into the store, wherever it comes from: documents, layers, record. Thread-safe.
 */
final class Intake {

  private final LayerStore layers;
  private final Snapshotter snapshotter;
  private final LayerFetches fetches;
  private final ImageBook book;
  private final Runnable collect;
  private final boolean strictPlatform;
  private final DocumentRoom room = new DocumentRoom(ImageLimits.DOCUMENTS_AT_ONCE);

  /**
   * @param collect deletes the layers that nothing needs
   * @param strictPlatform as in {@link ImageStore.Options}
   */
  Intake(
      LayerStore layers,
      Snapshotter snapshotter,
      LayerFetches fetches,
      ImageBook book,
      Runnable collect,
      boolean strictPlatform) {
    this.layers = layers;
    this.snapshotter = snapshotter;
    this.fetches = fetches;
    this.book = book;
    this.collect = collect;
    this.strictPlatform = strictPlatform;
  }

  Image bring(ArchiveSource source, ArchiveSource.Entry entry) {
    String what = entry.tags().stream().findFirst().orElse(entry.manifest().digest().toString());
    return bring(
        source,
        entry.manifest(),
        Platform.host(),
        what,
        entry.tags(),
        entry.digests(),
        PullProgress.NONE);
  }

  /**
   * Brings an image here, or gives more names to one that is.
   *
   * @param top its index or manifest
   * @param what names it in messages
   */
  Image bring(
      ImageSource source,
      Descriptor top,
      Platform platform,
      String what,
      List<String> tags,
      List<String> digests,
      PullProgress progress) {
    ImageDocuments documents = new ImageDocuments(source, what, room, strictPlatform);
    try (ImageDocuments.Content found = documents.read(top, platform)) {
      return record(
          found, new StackFetch(source, what, found, layers, fetches, progress), tags, digests);
    }
  }

  private Image record(
      ImageDocuments.Content found, StackFetch fetch, List<String> tags, List<String> digests) {
    boolean done = false;
    boolean mayPass = false;
    LayerHold hold = snapshotter.hold(found.diffIds());
    try {
      List<Layer> stack = fetch.run();
      Image image = book.record(found, stack, tags, digests);
      done = true;
      return image;
    } catch (OciException e) {
      mayPass = isPassing(e.kind());
      throw e;
    } finally {
      hold.close();
      if (!done && !mayPass) {
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
          INTERNAL ->
          false;
    };
  }
}
