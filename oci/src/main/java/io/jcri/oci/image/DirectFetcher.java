package io.jcri.oci.image;

import io.jcri.oci.Digest;
import io.jcri.oci.OciException;
import io.jcri.oci.distribution.Registries;
import io.jcri.oci.distribution.Repository;
import io.jcri.oci.distribution.credentials.Credentials;
import io.jcri.oci.layer.LayerMaker;
import io.jcri.oci.manifest.Descriptor;
import io.jcri.oci.manifest.ImageReference;
import io.jcri.oci.manifest.Platform;
import io.jcri.oci.signature.Approval;
import io.jcri.oci.signature.SignatureCheck;
import io.jcri.sandbox.linux.Syscalls;
import io.jcri.sandbox.mount.Mounts;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Fetches images in this process.
 *
 * <p>A pull is one pipe: what comes from the registry is hashed, inflated, hashed again and
 * unpacked on its way, several layers at a time; blobs of layers are not kept. Thread-safe.
 */
public final class DirectFetcher implements ImageFetcher {

  /**
   * Settings.
   *
   * @param concurrentLayers how many of one pull are fetched and unpacked at once
   * @param strictPlatform whether an image whose config names another platform than the wanted one
   *     is refused; otherwise that is a warning. What an index says counts more.
   * @param signatures what is asked of images of registries, when there is a policy
   */
  public record Options(
      int concurrentLayers, boolean strictPlatform, Optional<SignatureCheck> signatures) {
    public static final Options DEFAULT = new Options(4, false);

    /** Every image is taken. */
    Options(int concurrentLayers, boolean strictPlatform) {
      this(concurrentLayers, strictPlatform, Optional.empty());
    }
  }

  private final Supplier<Registries> registries;
  private final Syscalls sys;
  private final LayerMaker maker;
  private final LayerFetches fetches;
  private final Options options;
  private final DocumentRoom room = new DocumentRoom(ImageLimits.DOCUMENTS_AT_ONCE);

  private final ReentrantLock remoteLock = new ReentrantLock();
  private @Nullable Registries remote;

  /**
   * For one store. Nobody else may fetch for it at the same time.
   *
   * @param root of the store
   * @param registries is asked for at the first pull
   */
  public DirectFetcher(
      Path root, Options options, Supplier<Registries> registries, Syscalls sys, Mounts mounts) {
    this.registries = registries;
    this.sys = sys;
    this.maker = new LayerMaker(root, sys, mounts);
    this.fetches =
        new LayerFetches(
            maker, new PartialBlobs(root.resolve("partial")), options.concurrentLayers());
    this.options = options;
  }

  /** Loading archives needs no network client. */
  private Registries remote() {
    remoteLock.lock();
    try {
      Registries made = remote;
      if (made == null) {
        made = registries.get();
        remote = made;
      }
      return made;
    } finally {
      remoteLock.unlock();
    }
  }

  @Override
  public void pull(PullRequest request, ImageReceiver receiver, PullProgress progress) {
    ImageReference reference = request.reference();
    Repository repository =
        remote().open(reference, request.credentials().orElseGet(Credentials::anonymous));
    Descriptor top = repository.resolve().descriptor();
    receiver.resolved(reference, top);
    Names names =
        new Names(
            reference.toString(),
            reference.digest().isPresent() ? List.of() : List.of(reference.toString()),
            List.of(reference.withDigestOnly(top.digest()).toString()),
            false);
    Check check =
        manifest ->
            options
                .signatures()
                .map(policy -> policy.verify(reference, top.digest(), manifest, repository));
    bring(
        new RegistrySource(repository), top, request.platform(), names, check, receiver, progress);
  }

  /**
   * {@inheritDoc}
   *
   * <p>What comes is unpacked to a temporary directory first, since an index may come last: it
   * costs disk, and no memory beyond a layer's buffers.
   */
  @Override
  public void load(InputStream archive, ArchiveWish wish, ImageReceiver receiver) {
    List<ImageReference> names =
        wish.names().stream().map(ImageNames::tag).map(ImageReference::parse).toList();
    Path directory = receiver.makeTemporary();
    try {
      maker.unpackArchive(archive, directory);
      try (ArchiveSource source = new ArchiveSource(sys, directory.resolve("diff"))) {
        List<ArchiveImage> entries = source.entries();
        if (entries.isEmpty()) {
          throw invalid("the archive holds no image");
        }
        if (!names.isEmpty() && entries.size() > 1) {
          throw invalid(
              "the archive holds %d images, names can be given to one".formatted(entries.size()));
        }
        for (ArchiveImage entry : entries) {
          bring(source, names.isEmpty() ? entry : entry.named(names), wish.pinned(), receiver);
        }
      }
    } catch (IOException e) {
      throw OciException.ofIo("cannot import the archive", e);
    } finally {
      receiver.discard(directory);
    }
  }

  private void bring(
      ArchiveSource source, ArchiveImage entry, boolean pinned, ImageReceiver receiver) {
    String what = entry.tags().stream().findFirst().orElse(entry.manifest().digest().toString());
    bring(
        source,
        entry.manifest(),
        Platform.host(),
        new Names(what, entry.tags(), entry.digests(), pinned),
        manifest -> Optional.empty(),
        receiver,
        PullProgress.NONE);
  }

  /**
   * How an image is to be called.
   *
   * @param what names it in messages
   */
  private record Names(String what, List<String> tags, List<String> digests, boolean pinned) {}

  /** Of a manifest's digest, before anything is fetched that it names but the config. */
  private interface Check {
    Optional<Approval> of(Digest manifest);
  }

  /**
   * Brings an image, wherever it comes from: documents, layers, record.
   *
   * @param top its index or manifest
   */
  private void bring(
      ImageSource source,
      Descriptor top,
      Platform platform,
      Names names,
      Check check,
      ImageReceiver receiver,
      PullProgress progress) {
    ImageDocuments documents =
        new ImageDocuments(source, names.what(), room, options.strictPlatform());
    try (ImageDocuments.Content found = documents.read(top, platform)) {
      Optional<Approval> approval = check.of(found.manifest());
      try (ImageReceiver.Receiving receiving = receiver.begin(found.diffIds())) {
        new StackFetch(source, names.what(), found, receiver, receiving, fetches, progress).run();
        receiving.record(
            new FetchedImage(
                found.id(),
                found.rawConfig(),
                found.user(),
                found.platform(),
                found.artifact(),
                found.seekable(),
                names.tags(),
                names.digests(),
                approval,
                names.pinned()));
      }
    }
  }

  private static OciException invalid(String why) {
    return new OciException(OciException.Kind.INVALID, why);
  }
}
