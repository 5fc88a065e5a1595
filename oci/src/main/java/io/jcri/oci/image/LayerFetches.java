package io.jcri.oci.image;

import io.jcri.oci.Digest;
import io.jcri.oci.OciException;
import io.jcri.oci.layer.Layer;
import io.jcri.oci.layer.LayerMaker;
import io.jcri.oci.layer.LayerShelf;
import io.jcri.oci.layer.UnsyncedLayer;
import io.jcri.oci.manifest.Descriptor;
import io.jcri.sandbox.linux.Reasons;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches and unpacks layers, each once on the node however many pulls want it, and a few of each
 * pull at a time. Thread-safe.
 */
final class LayerFetches {

  private static final Logger LOG = LoggerFactory.getLogger(LayerFetches.class);

  private static final int MOST_BROUGHT = 100_000;

  private final LayerMaker maker;
  private final PartialBlobs partials;
  private final FetchPlaces places;

  /**
   * The fetch of a diff ID that is under way. It is done when the layer is here, failed, or known
   * to depend on its stack.
   */
  private final Map<Digest, CompletableFuture<Boolean>> underWay = new ConcurrentHashMap<>();

  /**
   * @param concurrent how many layers of one pull may be fetched and unpacked at once
   */
  LayerFetches(LayerMaker maker, PartialBlobs partials, int concurrent) {
    this.maker = maker;
    this.partials = partials;
    this.places = new FetchPlaces(concurrent);
  }

  /**
   * Those that were brought while some pull was under way: of the others a pull knows from its
   * beginning that they are not here.
   */
  private final Set<Digest> brought = ConcurrentHashMap.newKeySet();

  /** What one pull may have under way at a time. */
  FetchPlaces.Share share() {
    return places.share();
  }

  /** A layer that is unpacked, and where it came from. */
  record Unpacked(UnsyncedLayer layer, BlobStream stream) {}

  /** What makes the layers of one pull durable and gives them to the store. */
  PullSync<Unpacked> pullSync() {
    return new PullSync<>(this::settle, PullSync.LONGEST_WAIT);
  }

  private void settle(List<Unpacked> layers) {
    // What came is gone before it would be written to the disk for nothing.
    layers.forEach(unpacked -> unpacked.stream().discardPartial());
    maker.sync();
    UnsyncedLayer.commit(layers.stream().map(Unpacked::layer).toList());
  }

  /**
   * A layer as one pull wants it.
   *
   * @param stack diff IDs from the lowest layer to this one
   * @param shelf for it
   * @param here looks whether it is there already
   * @param lower waits for the layers below
   * @param sync of the pull; the thread that asks for the layer has entered it
   */
  record Wanted(
      List<Digest> stack,
      Descriptor blob,
      ImageSource source,
      LayerShelf shelf,
      Supplier<Optional<Layer>> here,
      Supplier<List<Layer>> lower,
      PullSync<Unpacked> sync,
      PullProgress progress) {

    Digest diffId() {
      return stack.getLast();
    }
  }

  /**
   * Returns the layer, once it is on disk.
   *
   * @param share of the pull that asks
   */
  Layer obtain(Wanted wanted, FetchPlaces.Share share) {
    while (true) {
      Optional<Layer> here = here(wanted);
      if (here.isPresent()) {
        return here.get();
      }
      CompletableFuture<Boolean> mine = new CompletableFuture<>();
      CompletableFuture<Boolean> theirs = underWay.putIfAbsent(wanted.diffId(), mine);
      if (theirs == null) {
        return lead(wanted, new Turn(wanted.diffId(), mine, share));
      }
      wanted.sync().leave();
      try {
        await(theirs);
      } finally {
        wanted.sync().enter();
      }
    }
  }

  private Optional<Layer> here(Wanted wanted) {
    return brought.contains(wanted.diffId()) ? wanted.here().get() : Optional.empty();
  }

  private Layer lead(Wanted wanted, Turn turn) {
    try {
      turn.take();
      // Another may have brought it between the look and our turn.
      Optional<Layer> here = here(wanted);
      Layer layer = here.isPresent() ? here.get() : fetch(wanted, turn);
      turn.end();
      return layer;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw turn.failed(cancelled(e));
    } catch (OciException e) {
      throw turn.failed(e);
    } catch (RuntimeException | Error e) {
      throw turn.failed(
          new OciException(
              OciException.Kind.INTERNAL,
              "cannot fetch layer " + wanted.blob().digest() + ": " + Reasons.of(e),
              e));
    }
  }

  private Layer fetch(Wanted wanted, Turn turn) {
    Descriptor blob = wanted.blob();
    boolean resumed;
    try (BlobStream stream = new BlobStream(blob, wanted.source(), partials, wanted.progress())) {
      resumed = stream.isResumed();
      try (UnsyncedLayer unsynced =
          ArtifactFiles.unpack(
              maker,
              wanted.shelf(),
              wanted.stack(),
              blob,
              stream,
              turn.endingBefore(wanted.lower(), wanted.sync()))) {
        turn.givePlace();
        wanted.sync().settle(new Unpacked(unsynced, stream));
        if (brought.size() == MOST_BROUGHT) {
          // Who does not know of a layer fetches it once more, and the store has it already.
          brought.clear();
        }
        brought.add(wanted.diffId());
        wanted.progress().layerDone(blob.digest());
        return unsynced.committed();
      } catch (OciException e) {
        if (!isWorthKeeping(e.kind())) {
          stream.discardPartial();
        }
        if (!resumed || e.kind() != OciException.Kind.DATA_LOSS) {
          throw e;
        }
        LOG.warn(
            "the part of layer {} from an earlier try is damaged, fetching it afresh",
            blob.digest());
      }
    } catch (IOException e) {
      throw OciException.ofIo("cannot fetch layer " + blob.digest(), e);
    }
    return fetch(wanted, turn);
  }

  /**
   * Whether a later try can go on from what came: not after a full disk, nor with content that is
   * wrong.
   */
  private static boolean isWorthKeeping(OciException.Kind kind) {
    return switch (kind) {
      case UNAVAILABLE, CANCELLED, DEADLINE_EXCEEDED, UNAUTHENTICATED, PERMISSION_DENIED -> true;
      case NOT_FOUND,
          INVALID,
          RESOURCE_EXHAUSTED,
          DATA_LOSS,
          FAILED_PRECONDITION,
          SIGNATURE_VALIDATION_FAILED,
          INTERNAL ->
          false;
    };
  }

  /**
   * Waits for another pull's fetch. Its failure is ours, unless it was about that pull and not
   * about the layer.
   */
  private static void await(CompletableFuture<Boolean> theirs) {
    try {
      boolean _ = theirs.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw cancelled(e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof OciException failure && !concernsCaller(failure.kind())) {
        throw new OciException(failure.kind(), String.valueOf(failure.getMessage()), failure);
      }
    }
  }

  private static boolean concernsCaller(OciException.Kind kind) {
    return switch (kind) {
      case CANCELLED, DEADLINE_EXCEEDED, UNAUTHENTICATED, PERMISSION_DENIED, NOT_FOUND -> true;
      case INVALID,
          UNAVAILABLE,
          RESOURCE_EXHAUSTED,
          DATA_LOSS,
          FAILED_PRECONDITION,
          SIGNATURE_VALIDATION_FAILED,
          INTERNAL ->
          false;
    };
  }

  private static OciException cancelled(InterruptedException e) {
    return new OciException(OciException.Kind.CANCELLED, "the pull was interrupted", e);
  }

  /** A place among those who fetch, and the promise to those who wait; both given back once. */
  private final class Turn {
    private final Digest diffId;
    private final CompletableFuture<Boolean> promise;
    private final FetchPlaces.Share share;
    private final AtomicBoolean taken = new AtomicBoolean();

    Turn(Digest diffId, CompletableFuture<Boolean> promise, FetchPlaces.Share share) {
      this.diffId = diffId;
      this.promise = promise;
      this.share = share;
    }

    void take() throws InterruptedException {
      share.take();
      taken.set(true);
    }

    void givePlace() {
      if (taken.compareAndSet(true, false)) {
        share.give();
      }
    }

    void end() {
      givePlace();
      underWay.remove(diffId, promise);
      boolean _ = promise.complete(true);
    }

    OciException failed(OciException reason) {
      boolean _ = promise.completeExceptionally(reason);
      end();
      return reason;
    }

    /**
     * A layer that depends on others waits for them without a place and without anyone waiting for
     * it, so that no two can wait for each other.
     */
    Supplier<List<Layer>> endingBefore(Supplier<List<Layer>> lower, PullSync<Unpacked> sync) {
      return () -> {
        end();
        sync.leave();
        try {
          return lower.get();
        } finally {
          sync.enter();
        }
      };
    }
  }
}
