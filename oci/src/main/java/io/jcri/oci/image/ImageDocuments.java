package io.jcri.oci.image;

import io.jcri.oci.Digest;
import io.jcri.oci.OciException;
import io.jcri.oci.manifest.Descriptor;
import io.jcri.oci.manifest.ImageIndex;
import io.jcri.oci.manifest.Manifest;
import io.jcri.oci.manifest.MediaTypes;
import io.jcri.oci.manifest.Platform;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out what an image is: reads and checks its index, manifest and config. One use, one calling
 * thread.
 */
final class ImageDocuments {

  private static final Logger LOG = LoggerFactory.getLogger(ImageDocuments.class);

  private static final int MAX_DOCUMENT = 4 << 20;

  /** An index may name another; deeper nesting is an attack or a mistake. */
  private static final int MAX_INDEXES = 3;

  /**
   * What was found, and the room that it takes; close it.
   *
   * @param digest that is its ID
   * @param manifest digest of its manifest
   * @param rawConfig as it came
   * @param user as the config has it
   * @param diffIds as the config has them, from the lowest layer
   * @param blobs of the layers, likewise
   * @param artifact what kind it is, empty for an image
   * @param seekable those of its layers that can be read file by file
   */
  // Nobody compares two of them.
  @SuppressWarnings("ArrayRecordComponent")
  record Content(
      Digest digest,
      Digest manifest,
      byte[] rawConfig,
      String user,
      Platform platform,
      List<Digest> diffIds,
      List<Descriptor> blobs,
      Optional<String> artifact,
      List<SeekableLayer> seekable,
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
  ImageDocuments(ImageSource source, String what, DocumentRoom room, boolean strict) {
    this.strict = strict;
    this.source = source;
    this.what = what;
    this.room = room;
  }

  /** Reads and checks the documents from an index or manifest down to the config. */
  Content read(Descriptor top, Platform platform) {
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
      Content content = content(chosen.digest(), manifest, platform, who, taken);
      done = true;
      return content;
    } finally {
      if (!done) {
        taken.close();
      }
    }
  }

  private Content content(
      Digest digest, Manifest manifest, Platform platform, Says who, DocumentRoom.Taken taken) {
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
        digest,
        raw,
        parsed.config().user(),
        built,
        parsed.diffIds(),
        manifest.layers().stream().map(ImageDocuments::bare).toList(),
        Optional.empty(),
        SeekableLayer.among(parsed.diffIds(), manifest.layers()),
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

  private OciException invalid(String how) {
    return new OciException(OciException.Kind.INVALID, "image " + what + " " + how);
  }
}
