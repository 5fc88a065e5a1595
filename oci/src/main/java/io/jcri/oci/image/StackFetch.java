package io.jcri.oci.image;

import io.jcri.oci.OciException;
import io.jcri.oci.layer.Layer;
import io.jcri.oci.manifest.Descriptor;
import io.jcri.sandbox.linux.Reasons;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;

/**
 * Brings the missing layers of one image here, side by side. One use, one calling thread, whose
 * interrupt ends all. Its many fields are what this one use is about.
 */
final class StackFetch {

  /** Many more than fetch at once: who has unpacked a layer waits until all can be synced. */
  private static final int MAX_WORKERS = 64;

  private final ImageSource source;
  private final String what;
  private final ImageDocuments.Content image;
  private final ImageReceiver receiver;
  private final ImageReceiver.Receiving receiving;
  private final LayerFetches fetches;
  private final PullProgress progress;
  private final FetchPlaces.Share share;
  private final PullSync<LayerFetches.Unpacked> sync;
  private final List<CompletableFuture<Layer>> results = new ArrayList<>();
  private final Queue<Integer> waiting = new ConcurrentLinkedQueue<>();

  /**
   * @param what names the image in messages
   * @param receiving of this image
   */
  StackFetch(
      ImageSource source,
      String what,
      ImageDocuments.Content image,
      ImageReceiver receiver,
      ImageReceiver.Receiving receiving,
      LayerFetches fetches,
      PullProgress progress) {
    this.source = source;
    this.what = what;
    this.image = image;
    this.receiver = receiver;
    this.receiving = receiving;
    this.fetches = fetches;
    this.progress = progress;
    this.share = fetches.share();
    this.sync = fetches.pullSync();
  }

  /** Returns when all layers are safe on disk. */
  void run() {
    Map<Integer, Layer> present = receiving.present();
    if (present.size() == image.blobs().size()) {
      return;
    }
    long bytes = 0;
    for (int i = 0; i < image.blobs().size(); i++) {
      CompletableFuture<Layer> result = new CompletableFuture<>();
      results.add(result);
      Layer here = present.get(i);
      if (here != null) {
        boolean _ = result.complete(here);
      } else {
        waiting.add(i);
        Descriptor blob = image.blobs().get(i);
        progress.expected(blob.digest(), blob.size());
        bytes += blob.size();
      }
    }
    progress.started(waiting.size(), bytes);
    // Counted before the first of them takes one away.
    int wanted = Math.min(MAX_WORKERS, waiting.size());
    List<Thread> workers = new ArrayList<>();
    for (int i = 0; i < wanted; i++) {
      sync.enter();
    }
    try {
      // Should there be no more threads, those that have started are ended too.
      for (int i = 0; i < wanted; i++) {
        workers.add(Thread.ofPlatform().daemon().name("jcri-layer-" + i).start(this::work));
      }
      await();
    } catch (OciException e) {
      if (Thread.currentThread().isInterrupted()) {
        sync.cancel();
      }
      throw e;
    } finally {
      // On failure the others stop; what they have brought is kept or removed by the caller.
      waiting.clear();
      sync.hurry();
      workers.forEach(Thread::interrupt);
      workers.forEach(StackFetch::join);
    }
  }

  /** Lowest first: so whoever waits for a lower layer waits for one that is under way or done. */
  private void work() {
    try {
      fetchAll();
    } finally {
      sync.leave();
    }
  }

  private void fetchAll() {
    for (Integer i = waiting.poll(); i != null; i = waiting.poll()) {
      int index = i;
      try {
        Layer layer =
            fetches.obtain(
                new LayerFetches.Wanted(
                    image.diffIds().subList(0, index + 1),
                    blob(index),
                    source,
                    receiver,
                    () -> receiving.layer(index),
                    () -> below(index),
                    sync,
                    progress),
                share);
        boolean _ = results.get(index).complete(layer);
      } catch (RuntimeException | Error e) {
        boolean _ = results.get(index).completeExceptionally(e);
      }
    }
  }

  private Descriptor blob(int index) {
    Descriptor blob = image.blobs().get(index);
    // The content of an artifact's file is not checked against its diff ID.
    return image.artifact().isPresent() ? blob : source.layer(blob, image.diffIds().get(index));
  }

  private List<Layer> below(int index) {
    return results.subList(0, index).stream().map(this::get).toList();
  }

  /** The first failure in time ends the wait, not the lowest layer's. */
  private void await() {
    CompletableFuture<Void> failed = new CompletableFuture<>();
    for (CompletableFuture<Layer> result : results) {
      var _ =
          result.whenComplete((layer, e) -> {
            if (e != null) {
              boolean _ = failed.completeExceptionally(e);
            }
          });
    }
    CompletableFuture<Void> all =
        CompletableFuture.allOf(results.toArray(CompletableFuture[]::new));
    Object _ = get(CompletableFuture.anyOf(all, failed));
  }

  private <T> T get(CompletableFuture<T> result) {
    try {
      return result.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new OciException(
          OciException.Kind.CANCELLED, "the pull of " + what + " was interrupted", e);
    } catch (ExecutionException | CompletionException e) {
      switch (e.getCause()) {
        case OciException oci ->
            throw new OciException(oci.kind(), named(String.valueOf(oci.getMessage())), oci);
        case null, default ->
            throw new OciException(
                OciException.Kind.INTERNAL, "image " + what + ": " + Reasons.of(e.getCause()), e);
      }
    }
  }

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

  /** Names the image once. */
  private String named(String message) {
    return message.contains(what) ? message : "image " + what + ": " + message;
  }
}
