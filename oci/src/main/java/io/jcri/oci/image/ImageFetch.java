package io.jcri.oci.image;

import io.jcri.oci.Digest;
import io.jcri.oci.OciException;
import io.jcri.oci.distribution.Descriptor;
import io.jcri.oci.distribution.ImageIndex;
import io.jcri.oci.distribution.Manifest;
import io.jcri.oci.distribution.MediaTypes;
import io.jcri.oci.distribution.Platform;
import io.jcri.oci.snapshot.Layer;
import io.jcri.oci.snapshot.LayerStore;
import io.jcri.sandbox.linux.Reasons;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings one image's layers here: index, manifest, config, then all missing layers side by side.
 * One use, one calling thread.
 */
final class ImageFetch {

  private static final Logger LOG = LoggerFactory.getLogger(ImageFetch.class);

  private static final int MAX_DOCUMENT = 4 << 20;

  /** More than fetch at once, since one that is being synced to disk needs no processor. */
  private static final int MAX_WORKERS = 8;

  /** An index may name another; deeper nesting is an attack or a mistake. */
  private static final int MAX_INDEXES = 3;

  /**
   * What was found, and the room that it takes; close it.
   *
   * @param digest that is its ID
   * @param rawConfig as it came
   * @param user as the config has it
   * @param diffIds as the config has them, from the lowest layer
   * @param blobs of the layers, likewise
   * @param artifact what kind it is, empty for an image
   */
  // Nobody compares two of them.
  @SuppressWarnings("ArrayRecordComponent")
  record Content(
      Digest digest,
      byte[] rawConfig,
      String user,
      Platform platform,
      List<Digest> diffIds,
      List<Descriptor> blobs,
      Optional<String> artifact,
      DocumentRoom.Taken room)
      implements AutoCloseable {
    String id() {
      return digest.toString();
    }

    @Override
    public void close() {
      room.close();
    }
  }

  private final ImageSource source;
  private final String what;
  private final DocumentRoom room;
  private final boolean strict;

  /**
   * @param what names the image in messages
   * @param room for its documents
   * @param strict whether an image is refused whose config names another platform than the wanted
   *     one, with no index to say otherwise
   */
  ImageFetch(ImageSource source, String what, DocumentRoom room, boolean strict) {
    this.strict = strict;
    this.source = source;
    this.what = what;
    this.room = room;
  }

  /** Reads and checks the documents from an index or manifest down to the config. */
  Content documents(Descriptor top, Platform platform) {
    return below(top, platform, strict ? Says.CONFIG : Says.NOBODY, 0);
  }

  /** Who says what an image runs on. An index is believed rather than the config. */
  private enum Says {
    INDEX,
    CONFIG,
    NOBODY
  }

  private Content below(Descriptor at, Platform platform, Says who, int depth) {
    if (depth == MAX_INDEXES || !MediaTypes.isIndex(at.mediaType())) {
      return ofManifest(at, platform, who);
    }
    List<Descriptor> entries =
        document(
            at,
            content ->
                ImageIndex.parse(content, at.mediaType(), at.digest()).select(platform, what));
    OciException reason = null;
    Content artifact = null;
    for (Descriptor entry : entries) {
      boolean told = who == Says.INDEX || entry.platform().isPresent();
      try {
        Content found = below(entry, platform, told ? Says.INDEX : Says.CONFIG, depth + 1);
        if (found.artifact().isEmpty()) {
          close(artifact);
          return found;
        }
        // What is attached to an image must not be taken for it.
        if (artifact == null) {
          artifact = found;
        } else {
          found.close();
        }
      } catch (OciException e) {
        // One that does not say what it is for may be anything: only itself is not for us.
        if (told || !isNotForUs(e.kind())) {
          close(artifact);
          throw e;
        }
        reason = reason == null ? e : reason;
      }
    }
    if (artifact != null) {
      return artifact;
    }
    throw Objects.requireNonNull(reason);
  }

  private static void close(@Nullable Content content) {
    if (content != null) {
      content.close();
    }
  }

  private static boolean isNotForUs(OciException.Kind kind) {
    return kind == OciException.Kind.NOT_FOUND || kind == OciException.Kind.INVALID;
  }

  private Content ofManifest(Descriptor chosen, Platform platform, Says who) {
    Manifest manifest =
        document(chosen, content -> Manifest.parse(content, chosen.mediaType(), chosen.digest()));
    if (manifest.artifact().isPresent()) {
      return ArtifactFiles.content(chosen.digest(), manifest, room, what);
    }
    for (Descriptor layer : manifest.layers()) {
      if (!MediaTypes.isLayer(layer.mediaType())) {
        throw invalid(
            MediaTypes.unknownPacking(layer.mediaType())
                .map(packing ->
                    "has the layer %s packed as %s, which is not supported; gzip and zstd are"
                        .formatted(layer.digest(), packing))
                .orElse(
                    "has a layer of type " + layer.mediaType() + ", it is not a container image"));
      }
    }
    Descriptor config = manifest.config();
    if (config.size() > ImageLimits.CONFIG_BYTES) {
      throw invalid(
          "has a config of %d bytes, the limit is %d"
              .formatted(config.size(), ImageLimits.CONFIG_BYTES));
    }
    DocumentRoom.Taken taken = room.take(config.size(), "the config of image " + what);
    boolean done = false;
    try {
      Content content = content(manifest, platform, who, taken);
      done = true;
      return content;
    } finally {
      if (!done) {
        taken.close();
      }
    }
  }

  private Content content(
      Manifest manifest, Platform platform, Says who, DocumentRoom.Taken taken) {
    byte[] raw =
        checked(manifest.config(), source.document(manifest.config(), ImageLimits.CONFIG_BYTES));
    ImageConfig.Parsed parsed = ImageConfig.parse(raw, what);
    // Nobody needs them now, but whoever asks for them later must be able to hold them.
    Map<String, String> _ = ImageConfig.labels(raw, what);
    if (parsed.diffIds().size() != manifest.layers().size()) {
      throw invalid(
          "has "
              + manifest.layers().size()
              + " layers, its config names "
              + parsed.diffIds().size());
    }
    Platform built = platform(parsed.config().platform(), platform, who);
    return new Content(
        manifest.config().digest(),
        raw,
        parsed.config().user(),
        built,
        parsed.diffIds(),
        manifest.layers().stream().map(ImageFetch::bare).toList(),
        Optional.empty(),
        taken);
  }

  /** What the image is for, as far as anybody says so. */
  private Platform platform(Platform config, Platform wanted, Says who) {
    boolean silent = config.os().isEmpty() || config.architecture().isEmpty();
    if (wanted.runs(config) || (silent && who != Says.INDEX)) {
      return config;
    }
    if (who == Says.INDEX) {
      return wanted;
    }
    String why = "image " + what + " is for " + config + ", this node wants " + wanted;
    if (who == Says.CONFIG) {
      throw new OciException(OciException.Kind.NOT_FOUND, why);
    }
    LOG.warn("{}", why);
    return config;
  }

  /** Without annotations, which would be held as long as the pull takes. */
  private static Descriptor bare(Descriptor layer) {
    return new Descriptor(
        layer.mediaType(), layer.digest(), layer.size(), Optional.empty(), Map.of(), layer.urls());
  }

  private <T> T document(Descriptor descriptor, Function<byte[], T> reader) {
    String name = "manifest " + descriptor.digest() + " of image " + what;
    try (DocumentRoom.Taken _ = room.take(descriptor.size(), name)) {
      return reader.apply(checked(descriptor, source.document(descriptor, MAX_DOCUMENT)));
    }
  }

  private byte[] checked(Descriptor descriptor, byte[] content) {
    if (content.length != descriptor.size()
        || !descriptor.digest().matches(descriptor.digest().newHash().digest(content))) {
      throw new OciException(
          OciException.Kind.DATA_LOSS,
          "image "
              + what
              + ": the content of "
              + descriptor.digest()
              + " is not that of its digest");
    }
    return content;
  }

  /**
   * Fetches what is missing and returns when all layers are safe on disk. The caller holds the
   * layers.
   */
  List<Layer> layers(Content image, LayerStore store, LayerFetches fetches, PullProgress progress) {
    List<Digest> diffIds = image.diffIds();
    var present = store.findAll(diffIds);
    if (present.isPresent()) {
      return present.get();
    }
    return new Work(image, store, fetches, progress).run();
  }

  /** The layers of one image on their way. */
  private final class Work {
    private final Content image;
    private final LayerStore store;
    private final LayerFetches fetches;
    private final PullProgress progress;
    private final FetchPlaces.Share share;
    private final List<CompletableFuture<Layer>> results = new ArrayList<>();
    private final Queue<Integer> waiting = new ConcurrentLinkedQueue<>();

    Work(Content image, LayerStore store, LayerFetches fetches, PullProgress progress) {
      this.image = image;
      this.store = store;
      this.fetches = fetches;
      this.progress = progress;
      this.share = fetches.share();
    }

    List<Layer> run() {
      long bytes = 0;
      for (int i = 0; i < image.blobs().size(); i++) {
        CompletableFuture<Layer> result = new CompletableFuture<>();
        results.add(result);
        var here = store.find(stack(i));
        if (here.isPresent()) {
          boolean _ = result.complete(here.get());
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
        workers.add(Thread.ofPlatform().daemon().name("jcri-layer-" + i).start(this::work));
      }
      try {
        return await();
      } finally {
        // On failure the others stop; what they have brought is kept or removed by the caller.
        waiting.clear();
        workers.forEach(Thread::interrupt);
        workers.forEach(Work::join);
      }
    }

    /** Lowest first: so whoever waits for a lower layer waits for one that is under way or done. */
    private void work() {
      for (Integer i = waiting.poll(); i != null; i = waiting.poll()) {
        int index = i;
        try {
          Layer layer =
              fetches.obtain(
                  stack(index),
                  image.blobs().get(index),
                  source,
                  () -> below(index),
                  progress,
                  share);
          boolean _ = results.get(index).complete(layer);
        } catch (RuntimeException | Error e) {
          boolean _ = results.get(index).completeExceptionally(e);
        }
      }
    }

    private List<Digest> stack(int index) {
      return image.diffIds().subList(0, index + 1);
    }

    private List<Layer> below(int index) {
      return results.subList(0, index).stream().map(this::get).toList();
    }

    /** The first failure in time ends the wait, not the lowest layer's. */
    private List<Layer> await() {
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
      return results.stream().map(this::get).toList();
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
  }

  /** Names the image once. */
  private String named(String message) {
    return message.contains(what) ? message : "image " + what + ": " + message;
  }

  private OciException invalid(String how) {
    return new OciException(OciException.Kind.INVALID, "image " + what + " " + how);
  }
}
