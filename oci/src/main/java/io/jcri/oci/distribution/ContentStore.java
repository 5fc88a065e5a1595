package io.jcri.oci.distribution;

import io.jcri.oci.Digest;
import io.jcri.oci.OciException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Blobs by digest on disk. A blob that is listed is whole, checked and durable: it was written
 * elsewhere, synced, then renamed.
 *
 * <pre>
 * root/blobs/sha256/HEX       a blob
 * root/ingest/sha256-HEX      a download that is under way, or was when the daemon died: {@link #ingest} continues it
 * </pre>
 *
 * Thread-safe; one ingest per digest at a time. Only one process may use a root.
 */
public final class ContentStore {

  private static final Logger LOG = LoggerFactory.getLogger(ContentStore.class);

  private final Path blobs;
  private final Path ingests;
  private final Set<Digest> open = ConcurrentHashMap.newKeySet();

  /** Makes the directories. */
  public ContentStore(Path root) {
    this.blobs = root.resolve("blobs");
    this.ingests = root.resolve("ingest");
    try {
      Files.createDirectories(blobs.resolve("sha256"));
      Files.createDirectories(blobs.resolve("sha512"));
      Files.createDirectories(ingests);
    } catch (IOException e) {
      throw OciException.ofIo("cannot make the content store at " + root, e);
    }
  }

  public boolean contains(Digest digest) {
    return Files.exists(path(digest));
  }

  /** The size in bytes when the blob is here. */
  public Optional<Long> size(Digest digest) {
    try {
      return Optional.of(Files.size(path(digest)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw OciException.ofIo("cannot look at blob " + digest, e);
    }
  }

  /**
   * Opens a blob as it is on disk, unchecked.
   *
   * @throws OciException NOT_FOUND
   */
  public InputStream open(Digest digest) {
    try {
      return Files.newInputStream(path(digest));
    } catch (IOException e) {
      throw OciException.ofIo("cannot open blob " + digest, e);
    }
  }

  /**
   * Reads a small blob and checks it once more: the disk may have rotted since it was written.
   *
   * @throws OciException NOT_FOUND, INVALID when larger than the cap, DATA_LOSS when the content is
   *     not that of the digest
   */
  public byte[] read(Digest digest, int maxBytes) {
    byte[] content;
    try (InputStream in = Files.newInputStream(path(digest))) {
      content = in.readNBytes(maxBytes + 1);
    } catch (IOException e) {
      throw OciException.ofIo("cannot read blob " + digest, e);
    }
    if (content.length > maxBytes) {
      throw new OciException(
          OciException.Kind.INVALID, "blob " + digest + " is larger than " + maxBytes + " bytes");
    }
    if (!digest.matches(digest.newHash().digest(content))) {
      throw new OciException(
          OciException.Kind.DATA_LOSS,
          "blob " + digest + " on disk has been damaged: " + path(digest));
    }
    return content;
  }

  /** Stores bytes in hand; nothing to do when they are here. */
  public Digest put(byte[] content) {
    Digest digest = Digest.of(content);
    if (!contains(digest)) {
      try (Ingest ingest = ingest(new Descriptor("", digest, content.length))) {
        ingest.restart();
        ingest.write(content, 0, content.length);
        ingest.commit();
      }
    }
    return digest;
  }

  /**
   * Starts or continues a download. Closing without {@link Ingest#commit} keeps what came for a
   * later try.
   *
   * @throws OciException FAILED_PRECONDITION when one is under way for the digest
   */
  public Ingest ingest(Descriptor descriptor) {
    return ingest(descriptor, true)
        .orElseThrow(() ->
            new OciException(
                OciException.Kind.FAILED_PRECONDITION,
                "blob " + descriptor.digest() + " is being written already"));
  }

  /**
   * As {@link #ingest(Descriptor)}, for a writer that checks the digest itself and may never
   * commit; empty when one is under way for the digest.
   */
  public Optional<Ingest> ingestUnhashed(Descriptor descriptor) {
    return ingest(descriptor, false);
  }

  private Optional<Ingest> ingest(Descriptor descriptor, boolean hashing) {
    Digest digest = descriptor.digest();
    if (!open.add(digest)) {
      return Optional.empty();
    }
    try {
      return Optional.of(new Ingest(this, descriptor, partial(digest), hashing));
    } catch (RuntimeException | Error e) {
      open.remove(digest);
      throw e;
    }
  }

  /** Removes a blob and what there is of a partial download; absent ones are fine. */
  public void delete(Digest digest) {
    try {
      Files.deleteIfExists(path(digest));
      if (!open.contains(digest)) {
        Files.deleteIfExists(partial(digest));
      }
    } catch (IOException e) {
      throw OciException.ofIo("cannot delete blob " + digest, e);
    }
  }

  /** Every whole blob. */
  public List<Digest> list() {
    List<Digest> found = new ArrayList<>();
    for (String algorithm : List.of("sha256", "sha512")) {
      collect(blobs.resolve(algorithm), name -> new Digest(algorithm, name), found);
    }
    return found;
  }

  /** The digests of which a part is here, under way or left by an earlier run. */
  public List<Digest> partials() {
    List<Digest> found = new ArrayList<>();
    collect(ingests, name -> Digest.parse(name.replace('-', ':')), found);
    return found;
  }

  /** The bytes of all partial downloads. */
  public long partialBytes() {
    long bytes = 0;
    for (Digest digest : partials()) {
      // One that has just become a blob, or was given up, counts as nothing.
      bytes += Math.max(0, partial(digest).toFile().length());
    }
    return bytes;
  }

  /** Deletes partial downloads that nobody has written to since. */
  public void deletePartialsOlderThan(Instant limit) {
    for (Digest digest : partials()) {
      // 0 for one that is gone, which is then deleted once more.
      long modified = partial(digest).toFile().lastModified();
      if (!open.contains(digest) && Instant.ofEpochMilli(modified).isBefore(limit)) {
        try {
          Files.deleteIfExists(partial(digest));
        } catch (IOException e) {
          throw OciException.ofIo("cannot delete " + partial(digest), e);
        }
      }
    }
  }

  /** Where the blob is, or would be. */
  public Path path(Digest digest) {
    return blobs.resolve(digest.algorithm()).resolve(digest.hex());
  }

  /**
   * Makes the finished file of an ingest a blob. If we die before the rename, the next ingest
   * checks the file and commits it.
   */
  void commit(Digest digest) throws IOException {
    Path target = path(digest);
    Files.move(partial(digest), target, StandardCopyOption.ATOMIC_MOVE);
    try (FileChannel directory = FileChannel.open(parent(target), StandardOpenOption.READ)) {
      directory.force(true);
    }
  }

  void release(Digest digest) {
    open.remove(digest);
  }

  private Path partial(Digest digest) {
    return ingests.resolve(digest.algorithm() + "-" + digest.hex());
  }

  private static Path parent(Path path) {
    Path parent = path.getParent();
    if (parent == null) {
      throw new IllegalArgumentException("no parent: " + path);
    }
    return parent;
  }

  /** A name that is no digest is not ours: it is left alone. */
  private static void collect(Path directory, Function<String, Digest> parser, List<Digest> found) {
    try (Stream<Path> entries = Files.list(directory)) {
      for (Path entry : (Iterable<Path>) entries::iterator) {
        String name = String.valueOf(entry.getFileName());
        try {
          found.add(parser.apply(name));
        } catch (OciException e) {
          LOG.debug("{} is not a blob: {}", entry, e.getMessage());
        }
      }
    } catch (IOException e) {
      throw OciException.ofIo("cannot list " + directory, e);
    } catch (UncheckedIOException e) {
      throw OciException.ofIo("cannot list " + directory, new IOException(e));
    }
  }
}
