package io.jcri.daemon.imports.storage;

import io.jcri.daemon.imports.ImportException;
import io.jcri.daemon.imports.StoredFile;
import io.jcri.oci.Digest;
import io.jcri.oci.Json;
import io.jcri.oci.OciException;
import io.jcri.oci.image.ImageLimits;
import io.jcri.oci.manifest.Descriptor;
import io.jcri.oci.manifest.ImageIndex;
import io.jcri.oci.manifest.Manifest;
import io.jcri.oci.manifest.MediaTypes;
import io.jcri.oci.manifest.Platform;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The documents that containers/storage keeps of an image as they came: its manifest under {@code
 * manifest}, that and the index above it again under {@code manifest-<digest>}, its config under
 * the config's digest.
 */
final class ImageDocumentFiles {
  private static final String MANIFEST = "manifest";
  private static final int VALUES = 64 << 10;

  /** What tells an index from a manifest that have no media type. */
  private record Kind(@Nullable String mediaType, Optional<List<Object>> manifests) {
    String type() {
      return mediaType != null && !mediaType.isEmpty()
          ? mediaType
          : manifests.isPresent() ? MediaTypes.OCI_INDEX : MediaTypes.OCI_MANIFEST;
    }
  }

  private final Path folder;
  private final Descriptor described;
  private final Manifest manifest;

  /** All that it is known by, manifests and indexes, each once. */
  private final Map<Digest, StoredFile> known = new LinkedHashMap<>();

  private ImageDocumentFiles(Path folder, List<String> names) throws IOException {
    this.folder = folder;
    StoredFile main = file(digest(MANIFEST), MANIFEST);
    byte[] bytes = main.read(ImageLimits.CONFIG_BYTES);
    this.described = described(main, bytes);
    this.manifest = Manifest.parse(bytes, described.mediaType(), described.digest());
    known.put(main.digest(), main);
    for (String name : names) {
      if (name.startsWith(MANIFEST + "-")) {
        Digest digest = Digest.parse(name.substring(MANIFEST.length() + 1));
        known.putIfAbsent(digest, file(digest, name));
      }
    }
  }

  /**
   * Reads the manifest.
   *
   * @throws ImportException when a document is missing
   * @throws OciException INVALID when it is none that can be used
   */
  static ImageDocumentFiles of(Path root, StorageRecords.Image image) throws IOException {
    if (!image.id().matches("[0-9a-f]+")) {
      throw new ImportException("it has the ID " + image.id());
    }
    return new ImageDocumentFiles(
        root.resolve("overlay-images").resolve(image.id()), image.files());
  }

  Manifest manifest() {
    return manifest;
  }

  /** Of the manifest. */
  Digest digest() {
    return described.digest();
  }

  /**
   * What it can be loaded by: its manifest, and indexes that lead to it.
   *
   * @param platform that it is loaded for
   */
  List<Descriptor> tops(Platform platform) throws IOException {
    List<Descriptor> tops = new ArrayList<>();
    for (StoredFile file : known.values()) {
      byte[] bytes = file.read(ImageLimits.CONFIG_BYTES);
      Descriptor top = described(file, bytes);
      if (top.digest().equals(digest())
          || (MediaTypes.isIndex(top.mediaType()) && leadsHere(top, bytes, platform))) {
        tops.add(top);
      }
    }
    return tops;
  }

  private boolean leadsHere(Descriptor index, byte[] bytes, Platform platform) {
    try {
      return ImageIndex.parse(bytes, index.mediaType(), index.digest())
          .select(platform, "it")
          .getFirst()
          .digest()
          .equals(digest());
    } catch (OciException e) {
      return false;
    }
  }

  /** A manifest or index that it is known by. */
  StoredFile file(Digest digest) throws IOException {
    StoredFile file = known.get(digest);
    if (file == null) {
      throw new ImportException("its manifest " + digest + " is not there");
    }
    return file;
  }

  /** A document that is named by its digest. */
  StoredFile file(String digest) throws IOException {
    return file(Digest.parse(digest), digest);
  }

  private StoredFile file(Digest digest, String name) throws IOException {
    try {
      return StoredFile.of(digest, path(name));
    } catch (NoSuchFileException e) {
      throw new ImportException("its document " + name + " is not there", e);
    }
  }

  private Digest digest(String name) throws IOException {
    try (InputStream in = Files.newInputStream(path(name))) {
      return Digest.of(in.readNBytes(ImageLimits.CONFIG_BYTES + 1));
    } catch (NoSuchFileException e) {
      throw new ImportException("its document " + name + " is not there", e);
    }
  }

  /** As containers/storage names files of documents (images.go, makeBigDataBaseName). */
  private Path path(String name) {
    return folder.resolve(
        name.matches("[.0-9a-z]+")
            ? name
            : "=" + Base64.getEncoder().encodeToString(name.getBytes(StandardCharsets.UTF_8)));
  }

  private static Descriptor described(StoredFile file, byte[] bytes) {
    Kind kind =
        Json.parseTolerant(bytes, Kind.class, new Json.Bounds(ImageLimits.CONFIG_BYTES, VALUES));
    return new Descriptor(kind.type(), file.digest(), file.size());
  }
}
