package io.jcri.oci.image;

import io.jcri.oci.Digest;
import io.jcri.oci.OciException;
import io.jcri.oci.file.DiskUsage;
import io.jcri.oci.manifest.Descriptor;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What has come of large blobs whose download is under way or broke off, from the blob's start on:
 *
 * <pre>
 * root/sha256-HEX
 * </pre>
 *
 * Nothing of it is synced or checked: who goes on from it checks the whole. Only one process may
 * open blobs; another may count them and delete those that are old. Thread-safe.
 */
final class PartialBlobs {

  private static final Logger LOG = LoggerFactory.getLogger(PartialBlobs.class);

  private final Path root;

  /** Those that someone writes to. */
  private final Set<Digest> open = ConcurrentHashMap.newKeySet();

  /** Makes the directory. */
  PartialBlobs(Path root) {
    this.root = root;
    try {
      Files.createDirectories(root);
    } catch (IOException e) {
      throw OciException.ofIo("cannot make " + root, e);
    }
  }

  /** Starts or continues a download; empty while another one of the blob is under way. */
  Optional<PartialBlob> open(Descriptor blob) {
    Digest digest = blob.digest();
    if (!open.add(digest)) {
      return Optional.empty();
    }
    try {
      return Optional.of(new PartialBlob(blob, file(digest), () -> open.remove(digest)));
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
    } catch (IOException e) {
      throw OciException.ofIo("cannot list " + root, e);
    }
    return found;
  }

  private Path file(Digest digest) {
    return root.resolve(digest.algorithm() + "-" + digest.hex());
  }
}
