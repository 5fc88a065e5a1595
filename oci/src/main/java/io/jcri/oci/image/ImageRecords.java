package io.jcri.oci.image;

import io.jcri.oci.Digest;
import io.jcri.oci.Json;
import io.jcri.oci.OciException;
import io.jcri.oci.snapshot.LayerStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Image records on disk: {@code root/images/HEX.json}, HEX being that of the image's ID. Two lines:
 * the record and its SHA-256.
 *
 * <pre>
 * {"version":1,"id":"sha256:...","tags":["docker.io/library/busybox:latest"],"digests":["docker.io/library/busybox@sha256:..."],
 *  "diffIds":["sha256:..."],"size":4096,"pinned":false,"created":"2026-11-21T04:00:00Z","config":"{...the image's own config...}"}
 * 3b4c...
 * </pre>
 *
 * A record is written, synced and renamed after its layers are durable; so what it names is there,
 * unless the disk lies. A record that cannot be read is renamed to {@code HEX.json.bad} and costs
 * its own image only.
 */
final class ImageRecords {

  private static final Logger LOG = LoggerFactory.getLogger(ImageRecords.class);

  private record Stored(
      int version,
      String id,
      List<String> tags,
      List<String> digests,
      List<Digest> diffIds,
      long size,
      boolean pinned,
      Instant created,
      String config) {}

  private final Path directory;

  ImageRecords(Path stateRoot) {
    this.directory = stateRoot.resolve("images");
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw OciException.ofIo("cannot make " + directory, e);
    }
  }

  /** Reads every record; those whose layers are gone are dropped, to be pulled again. */
  Catalog load(LayerStore layers) {
    List<Image> found = new ArrayList<>();
    try (var entries = Files.newDirectoryStream(directory, "*.json")) {
      for (Path file : entries) {
        try {
          Image image = read(file);
          if (layers.seemsToHave(image.diffIds())) {
            found.add(image);
          } else {
            LOG.warn("image {} {} has lost a layer and is forgotten", image.id(), image.repoTags());
            Files.delete(file);
          }
        } catch (IOException | OciException e) {
          setAside(file, e);
        }
      }
    } catch (IOException e) {
      throw OciException.ofIo("cannot read the image records in " + directory, e);
    }
    return Catalog.of(found);
  }

  private Image read(Path file) throws IOException {
    Stored stored =
        Json.parse(
            verified(Files.readAllBytes(file)),
            Stored.class,
            2 * ImageConfig.MAX_BYTES + (1 << 20));
    if (stored.version != 1) {
      throw new OciException(
          OciException.Kind.INVALID, "version " + stored.version + " is not known");
    }
    ImageConfig config =
        ImageConfig.parse(stored.config.getBytes(StandardCharsets.UTF_8), stored.id).config();
    return new Image(
        stored.id,
        stored.tags,
        stored.digests,
        stored.size,
        config,
        stored.diffIds,
        stored.pinned,
        stored.created);
  }

  private static byte[] verified(byte[] content) {
    int end = 0;
    while (end < content.length && content[end] != '\n') {
      end++;
    }
    byte[] record = Arrays.copyOf(content, end);
    String sum =
        end == content.length
            ? ""
            : new String(content, end + 1, content.length - end - 1, StandardCharsets.US_ASCII)
                .strip();
    if (!Digest.of(record).hex().equals(sum)) {
      throw new OciException(OciException.Kind.DATA_LOSS, "its checksum does not match");
    }
    return record;
  }

  private static void setAside(Path file, Exception reason) {
    LOG.warn("image record {} is damaged and set aside: {}", file, reason.getMessage());
    try {
      Files.move(
          file,
          file.resolveSibling(file.getFileName() + ".bad"),
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      LOG.warn("cannot set aside {}: {}", file, e.getMessage());
    }
  }

  /**
   * Writes a record durably.
   *
   * @param config the image's own config, as it came
   */
  void write(Image image, String config) {
    Stored stored =
        new Stored(
            1,
            image.id(),
            image.repoTags(),
            image.repoDigests(),
            image.diffIds(),
            image.size(),
            image.pinned(),
            image.created(),
            config);
    byte[] record = Json.toBytes(stored);
    byte[] content =
        (new String(record, StandardCharsets.UTF_8) + "\n" + Digest.of(record).hex() + "\n")
            .getBytes(StandardCharsets.UTF_8);
    Path file = file(image.id());
    Path temporary = file.resolveSibling(file.getFileName() + ".new");
    try {
      try (FileChannel channel =
          FileChannel.open(
              temporary,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        ByteBuffer bytes = ByteBuffer.wrap(content);
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
      syncDirectory();
    } catch (IOException e) {
      throw OciException.ofIo("cannot write image record " + file, e);
    } finally {
      deleteQuietly(temporary);
    }
  }

  /** The image's own config, byte for byte. */
  String config(String id) {
    Path file = file(id);
    try {
      return Json.parse(
              verified(Files.readAllBytes(file)),
              Stored.class,
              2 * ImageConfig.MAX_BYTES + (1 << 20))
          .config;
    } catch (IOException e) {
      throw OciException.ofIo("cannot read image record " + file, e);
    }
  }

  void delete(String id) {
    try {
      Files.deleteIfExists(file(id));
      syncDirectory();
    } catch (IOException e) {
      throw OciException.ofIo("cannot delete image record " + file(id), e);
    }
  }

  private Path file(String id) {
    return directory.resolve(Digest.parse(id).hex() + ".json");
  }

  private void syncDirectory() throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static void deleteQuietly(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.warn("cannot delete {}: {}", file, e.getMessage());
    }
  }
}
