package io.jcri.oci.image;

import io.jcri.oci.Digest;
import io.jcri.oci.OciException;
import io.jcri.oci.file.DiskUsage;
import io.jcri.oci.manifest.Descriptor;
import io.jcri.sandbox.linux.Reasons;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What has come of large blobs whose download is under way or broke off, from the blob's start on:
 *
 * <pre>
 * root/sha256-HEX
 * </pre>
 *
 * What else stands in the directory's place is put aside, and where there can be no directory
 * nothing is kept: pulls do without.
 *
 * <p>Nothing of it is synced or checked: who goes on from it checks the whole. Only one process may
 * open blobs; another may count them and delete those that are old. Thread-safe.
 */
final class PartialBlobs {

  private static final Logger LOG = LoggerFactory.getLogger(PartialBlobs.class);

  private static final String ASIDE = ".unusable";

  private final Path root;

  private final AtomicBoolean told = new AtomicBoolean();

  /** Those that someone writes to. */
  private final Set<Digest> open = ConcurrentHashMap.newKeySet();

  /** Makes the directory, if that can be. */
  PartialBlobs(Path root) {
    this.root = root;
    try {
      makeDirectory();
    } catch (IOException e) {
      tell("made", e);
    }
  }

  private void makeDirectory() throws IOException {
    if (Files.exists(root, LinkOption.NOFOLLOW_LINKS) && !Files.isDirectory(root)) {
      Path aside = root.resolveSibling(root.getFileName() + ASIDE);
      Files.move(root, aside, StandardCopyOption.REPLACE_EXISTING);
      LOG.warn("{} was no directory, and is {} now", root, aside);
    }
    Files.createDirectories(root);
  }

  /** Once: it is looked at often. */
  private void tell(String what, Exception e) {
    if (told.compareAndSet(false, true)) {
      LOG.error(
          "{} cannot be {}, so downloads that break off begin anew: {}", root, what, Reasons.of(e));
    } else {
      LOG.debug("{} cannot be {}: {}", root, what, Reasons.of(e));
    }
  }

  /**
   * Starts or continues a download; empty while another one of the blob is under way, and where
   * nothing can be kept.
   */
  Optional<PartialBlob> open(Descriptor blob) {
    Digest digest = blob.digest();
    if (!open.add(digest)) {
      return Optional.empty();
    }
    try {
      return Optional.of(new PartialBlob(blob, file(digest), () -> open.remove(digest)));
    } catch (OciException e) {
      open.remove(digest);
      if (e.kind() == OciException.Kind.RESOURCE_EXHAUSTED) {
        throw e; // of a full disk, which the rest of the pull needs too
      }
      tell("used", e);
      return Optional.empty();
    } catch (RuntimeException | Error e) {
      open.remove(digest);
      throw e;
    }
  }

  /** What all of them take. */
  DiskUsage usage() {
    DiskUsage all = DiskUsage.NONE;
    for (Digest digest : list()) {
      // 0 bytes for one that has just gone.
      all = all.plus(DiskUsage.ofFile(file(digest).toFile().length()));
    }
    return all;
  }

  /** Deletes those that nobody has written to since, and that nobody writes to now. */
  void deleteOlderThan(Instant limit) {
    for (Digest digest : list()) {
      // 0 for one that is gone, which is then deleted once more.
      long modified = file(digest).toFile().lastModified();
      if (!open.contains(digest) && Instant.ofEpochMilli(modified).isBefore(limit)) {
        try {
          Files.deleteIfExists(file(digest));
        } catch (IOException e) {
          LOG.warn("cannot delete {}: {}", file(digest), e.getMessage());
        }
      }
    }
  }

  /** A name that is no digest is not ours: it is left alone. */
  private List<Digest> list() {
    List<Digest> found = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(root)) {
      for (Path entry : entries) {
        try {
          found.add(Digest.parse(String.valueOf(entry.getFileName()).replace('-', ':')));
        } catch (OciException e) {
          LOG.debug("{} is not of a blob: {}", entry, e.getMessage());
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      tell("listed", e);
    }
    return found;
  }

  private Path file(Digest digest) {
    return root.resolve(digest.algorithm() + "-" + digest.hex());
  }
}
