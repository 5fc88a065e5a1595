package io.jcri.daemon.imports.containerd;

import io.jcri.daemon.imports.ImportException;
import io.jcri.daemon.imports.StoredFile;
import io.jcri.oci.Digest;
import io.jcri.oci.manifest.Descriptor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** containerd's blobs, which are whole once they have their name. Stateless. */
final class ContentStore {
  private final Path root;

  /**
   * @param root containerd's
   */
  ContentStore(Path root) {
    this.root = root.resolve("io.containerd.content.v1.content");
  }

  /**
   * Finds a blob.
   *
   * @param what it is, in messages
   * @throws ImportException when it is not there, or not as large as it should be
   */
  StoredFile find(Descriptor wanted, String what) throws IOException {
    Digest digest = wanted.digest();
    Path path = root.resolve("blobs").resolve(digest.algorithm()).resolve(digest.hex());
    StoredFile file;
    try {
      file = StoredFile.of(digest, path);
    } catch (NoSuchFileException e) {
      throw new ImportException(
          "its %s %s is not in containerd's content store".formatted(what, digest), e);
    }
    if (file.size() != wanted.size() || !Files.isRegularFile(path)) {
      throw new ImportException(
          "its %s %s has %d bytes in containerd's content store, not %d"
              .formatted(what, digest, file.size(), wanted.size()));
    }
    return file;
  }
}
