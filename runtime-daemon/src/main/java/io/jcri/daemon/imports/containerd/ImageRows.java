package io.jcri.daemon.imports.containerd;

import io.jcri.daemon.imports.ImportException;
import io.jcri.daemon.imports.bolt.BoltBucket;
import io.jcri.daemon.imports.bolt.BoltException;
import io.jcri.daemon.imports.bolt.BoltFile;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What containerd's database tells of images (containerd's core/metadata/buckets.go): in {@code
 * v1/<namespace>/images} a bucket for each name, with the descriptor that it stands for and labels.
 */
final class ImageRows {
  private static final String PINNED = "io.cri-containerd.pinned";

  /**
   * A name.
   *
   * @param digest of what it stands for, unchecked as all of it
   * @param pinned whether the kubelet is told not to collect the image
   */
  record Row(String name, String digest, String mediaType, long size, boolean pinned) {}

  private ImageRows() {}

  /**
   * Reads the names of a namespace.
   *
   * @param root containerd's
   * @throws ImportException when there is no such database or namespace
   */
  static List<Row> read(Path root, String namespace) throws IOException {
    Path file = database(root);
    try {
      return BoltFile.read(file, database -> rows(database, namespace));
    } catch (NoSuchFileException e) {
      throw new ImportException("there is no " + file, e);
    } catch (BoltException e) {
      throw new ImportException(file + ": " + e.getMessage(), e);
    }
  }

  static Path database(Path root) {
    return root.resolve("io.containerd.metadata.v1.bolt/meta.db");
  }

  private static List<Row> rows(BoltBucket database, String namespace) throws IOException {
    Optional<BoltBucket> version = database.bucket("v1");
    if (version.isEmpty()) {
      throw new ImportException("containerd's database has no schema v1, which is what is known");
    }
    Optional<BoltBucket> space = version.get().bucket(namespace);
    if (space.isEmpty()) {
      throw new ImportException(
          "containerd has no namespace %s, but %s"
              .formatted(
                  namespace,
                  version.get().buckets().stream().map(BoltBucket.Named::name).toList()));
    }
    List<Row> rows = new ArrayList<>();
    Optional<BoltBucket> images = space.get().bucket("images");
    if (images.isPresent()) {
      for (BoltBucket.Named image : images.get().buckets()) {
        rows.add(row(image.name(), image.bucket()));
      }
    }
    return rows;
  }

  private static Row row(String name, BoltBucket image) throws IOException {
    Optional<BoltBucket> target = image.bucket("target");
    Optional<BoltBucket> labels = image.bucket("labels");
    boolean pinned = labels.isPresent() && labels.get().text(PINNED).isPresent();
    if (target.isEmpty()) {
      return new Row(name, "", "", 0, pinned);
    }
    return new Row(
        name,
        target.get().text("digest").orElse(""),
        target.get().text("mediatype").orElse(""),
        varint(target.get().value("size").orElse(new byte[0])),
        pinned);
  }

  /** As Go's encoding/binary writes signed numbers: seven bits a byte, the sign in the lowest. */
  private static long varint(byte[] bytes) {
    long value = 0;
    for (int i = 0; i < Math.min(bytes.length, 10); i++) {
      value |= (bytes[i] & 0x7fL) << (7 * i);
    }
    return (value >>> 1) ^ -(value & 1);
  }
}
