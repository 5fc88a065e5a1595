package io.jcri.oci.image;

import io.jcri.oci.Digest;
import io.jcri.oci.Json;
import io.jcri.oci.JsonRest;
import io.jcri.oci.OciException;
import io.jcri.oci.file.DiskUsage;
import io.jcri.oci.snapshot.LayerStore;
import io.jcri.sandbox.linux.Reasons;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Image records on disk: {@code root/images/HEX.json}, HEX being that of the image's ID. Two lines:
 * the record and its SHA-256.
 *
 * <pre>
 * {"version":1,"id":"sha256:...","tags":["docker.io/library/busybox:latest"],"digests":["docker.io/library/busybox@sha256:..."],
 *  "diffIds":["sha256:..."],"size":4096,"pinned":false,"created":"2026-11-21T04:00:00Z",
 *  "user":"","platform":{"os":"linux","architecture":"amd64"},"config":"{...the image's own config...}"}
 * 3b4c...
 * </pre>
 *
 * Of an artifact, {@code "artifact"} is its type, and the config says nothing. A config that is no
 * UTF-8 is there once more, in base64 ({@code exactConfig}). On a node with a signature policy
 * there are {@code approvals}, each of a reference and what was wanted of it; a version that knows
 * none drops them when it writes, and the image must be pulled again.
 *
 * <p>{@code seekable} are those of its layers, if any, that came with a table of contents; versions
 * before know nothing of it, and drop it too.
 *
 * <p>A record is written, synced and renamed after its layers are durable; so what it names is
 * there, unless the disk lies. A record that cannot be read stays: its image is not listed, and no
 * layer is collected until it is pulled again or removed by its ID, since any might be its own.
 * When the records cannot be listed, no image can be used and none is collected. A record that is
 * beyond {@link ImageLimits}, which an older version let in, stays and keeps its layers; it is not
 * listed, and goes when it is removed.
 *
 * <p>Keys of a later version, which the record does not know, are written again with it. The
 * framing is of its own, not one of {@link io.jcri.oci.record.RecordFraming}: with its config a
 * record may have tens of megabytes, so it is read and written as a stream, and the checksum comes
 * last.
 */
final class ImageRecords {

  private static final Logger LOG = LoggerFactory.getLogger(ImageRecords.class);
  private static final Pattern NAME = Pattern.compile("[0-9a-f]{64}\\.json");
  private static final String DRAFT = ".new";
  private static final int WRITE_BUFFER = 64 << 10;

  /**
   * What was found.
   *
   * @param images that can be listed
   * @param unlisted IDs of those that are beyond {@link ImageLimits}
   * @param unreadable IDs of those whose records cannot be read
   */
  record Loaded(List<Written> images, Set<String> unlisted, Set<String> unreadable) {}

  /**
   * An image as its record has it.
   *
   * @param at when it was last given a name or lost one, or was changed otherwise
   */
  record Written(Image image, Instant at) {}

  private final Path directory;

  ImageRecords(Path stateRoot) {
    this.directory = stateRoot.resolve("images");
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      LOG.error("cannot make {}: {}", directory, Reasons.of(e));
    }
  }

  /**
   * Reads every record; those whose layers are gone are dropped, to be pulled again.
   *
   * @throws OciException when they cannot be listed: then nothing is known of any image
   */
  Loaded load(LayerStore layers) {
    deleteDrafts();
    List<Written> found = new ArrayList<>();
    Set<String> unlisted = new HashSet<>();
    Set<String> unreadable = new HashSet<>();
    long weight = 0;
    try (var entries = Files.newDirectoryStream(directory, "*.json")) {
      for (Path file : entries) {
        if (!NAME.matcher(String.valueOf(file.getFileName())).matches()) {
          continue; // no image of ours
        }
        try {
          Optional<Image> image = load(file, layers, ImageLimits.CATALOG_BYTES - weight);
          if (image.isPresent()) {
            found.add(new Written(image.get(), Files.getLastModifiedTime(file).toInstant()));
            weight += image.get().weight();
          } else if (Files.exists(file)) {
            unlisted.add(id(file));
          }
        } catch (IOException | OciException e) {
          LOG.error(
              "image record {} cannot be read and stays; no layer goes until it is removed: {}",
              file,
              e.getMessage());
          unreadable.add(id(file));
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      throw new OciException(
          OciException.Kind.UNAVAILABLE,
          "cannot list the image records in " + directory + ": " + Reasons.of(e),
          e);
    }
    return new Loaded(List.copyOf(found), unlisted, unreadable);
  }

  /** Of records in whose writing a store before this one has ended. */
  private void deleteDrafts() {
    try (var drafts = Files.newDirectoryStream(directory, "*.json" + DRAFT)) {
      for (Path draft : drafts) {
        Files.delete(draft);
      }
    } catch (IOException | DirectoryIteratorException e) {
      LOG.warn("half-written image records stay in {}: {}", directory, Reasons.of(e));
    }
  }

  /**
   * Looks again at a record that could not be read.
   *
   * @param room bytes of the catalog that are left
   * @return empty when it is gone, or is not to be listed
   * @throws IOException it still can't be read, as the OciException says of damage
   */
  Optional<Image> loadAgain(String id, LayerStore layers, long room) throws IOException {
    Path file = file(id);
    return Files.exists(file) ? load(file, layers, room) : Optional.empty();
  }

  /** Empty for one that is dropped or is not to be listed. */
  private Optional<Image> load(Path file, LayerStore layers, long room) throws IOException {
    RecordLine.verify(file);
    StoredImage.Root root = StoredImage.root(file);
    if (root.version() != 1 || !root.id().equals(id(file))) {
      throw new OciException(
          OciException.Kind.INVALID,
          "version " + root.version() + " of image " + root.id() + " is not known");
    }
    if (!layers.seemsToHave(root.diffIds())) {
      LOG.warn("image {} has lost a layer and is forgotten", root.id());
      Files.delete(file);
      return Optional.empty();
    }
    try {
      Image image = StoredImage.image(file);
      if (image.weight() > room) {
        throw new OciException(
            OciException.Kind.INVALID,
            "all images together would take more than " + ImageLimits.CATALOG_BYTES + " bytes");
      }
      return Optional.of(image);
    } catch (OciException e) {
      LOG.warn(
          "image {} is not listed, but can be removed by its ID or name: {}",
          root.id(),
          e.getMessage());
      return Optional.empty();
    }
  }

  /**
   * Writes a record durably.
   *
   * @param config the image's own config, as it came
   * @param seekable those of its layers that can be read file by file
   */
  void write(Image image, byte[] config, List<SeekableLayer> seekable) {
    StoredImage.Whole stored = StoredImage.of(image, config, seekable);
    Path file = file(image.id());
    Path temporary = file.resolveSibling(file.getFileName() + DRAFT);
    JsonRest rest = rest(file);
    try {
      try (FileChannel channel =
          FileChannel.open(
              temporary,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        // Neither the record nor its text is put together in memory.
        MessageDigest hash = Digest.newSha256();
        OutputStream out =
            new BufferedOutputStream(Channels.newOutputStream(channel), WRITE_BUFFER);
        OutputStream hashed = new DigestOutputStream(out, hash);
        Json.write(hashed, stored, rest);
        String end = "\n" + HexFormat.of().formatHex(hash.digest()) + "\n";
        out.write(end.getBytes(StandardCharsets.US_ASCII));
        out.flush();
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

  /** What a later version has written of the image beside what we know of it. */
  private static JsonRest rest(Path file) {
    try {
      RecordLine.verify(file);
      // The keys of another version mean nothing in a record of this one.
      return StoredImage.root(file).version() == 1 ? StoredImage.rest(file) : JsonRest.NONE;
    } catch (NoSuchFileException e) {
      return JsonRest.NONE;
    } catch (IOException | OciException e) {
      LOG.warn("image record {} cannot be read and is written anew: {}", file, e.getMessage());
      return JsonRest.NONE;
    }
  }

  /** Writes an image anew that is called or kept in another way. */
  void rewrite(Image image) {
    write(image, config(image.id()), seekable(image.id()));
  }

  /** The image's own config, byte for byte. */
  byte[] config(String id) {
    return read(id, StoredImage::config);
  }

  /** Those of its layers that can be read file by file. */
  List<SeekableLayer> seekable(String id) {
    return read(id, StoredImage::seekable);
  }

  /** Reads something of a record that is whole. */
  private interface View<T> {
    T of(Path file) throws IOException;
  }

  private <T> T read(String id, View<T> view) {
    Path file = file(id);
    try {
      RecordLine.verify(file);
      return view.of(file);
    } catch (NoSuchFileException e) {
      throw new OciException(OciException.Kind.NOT_FOUND, "image " + id + " has been removed", e);
    } catch (IOException e) {
      throw OciException.ofIo("cannot read image record " + file, e);
    }
  }

  /** The size of a record. */
  long bytes(String id) {
    try {
      return Files.size(file(id));
    } catch (NoSuchFileException e) {
      throw new OciException(OciException.Kind.NOT_FOUND, "image " + id + " has been removed", e);
    } catch (IOException e) {
      throw OciException.ofIo("cannot read image record " + file(id), e);
    }
  }

  /** What all records take, the damaged too; looks at each that can be listed. */
  DiskUsage usage() {
    DiskUsage all = DiskUsage.NONE;
    try (var files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        all = all.plus(DiskUsage.ofFile(file.toFile().length()));
      }
    } catch (IOException | DirectoryIteratorException e) {
      LOG.warn("image records in {} are not counted: {}", directory, Reasons.of(e));
    }
    return all;
  }

  void delete(String id) {
    try {
      Files.deleteIfExists(file(id));
      syncDirectory();
    } catch (IOException e) {
      throw OciException.ofIo("cannot delete image record " + file(id), e);
    }
  }

  /** Where an image's record is. */
  Path file(String id) {
    return directory.resolve(Digest.parse(id).hex() + ".json");
  }

  private static String id(Path file) {
    String name = String.valueOf(file.getFileName());
    return "sha256:" + name.substring(0, name.length() - ".json".length());
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
