package io.jcri.oci.image;

import io.jcri.oci.Digest;
import io.jcri.oci.OciException;
import io.jcri.oci.layer.Layer;
import io.jcri.oci.layer.LayerMaker;
import io.jcri.oci.layer.LayerShelf;
import io.jcri.oci.layer.UnsyncedLayer;
import io.jcri.oci.manifest.Descriptor;
import io.jcri.oci.manifest.Manifest;
import io.jcri.oci.manifest.MediaTypes;
import io.jcri.oci.manifest.Platform;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The files of an OCI artifact (image-spec, manifest.md, "Guidelines for Artifact Usage"): each
 * layer is one, whatever its media type, with the name that its title says (KEP-4639).
 *
 * <p>In the layer store a file is a layer of its own: a tree with nothing but it. Stacks of them,
 * what uses them and what becomes of them is as with an image's. Its diff ID is made up, of its
 * content's digest and its path: the digest of a text, which no layer of an image can be.
 *
 * @param diffIds one a file
 * @param blobs likewise; the only annotation is the path
 */
record ArtifactFiles(List<Digest> diffIds, List<Descriptor> blobs) {

  private static final String TITLE = "org.opencontainers.image.title";

  /** As the layer store has them, which has whiteouts in an image's terms. */
  private static final String WHITEOUT = ".wh.";

  private static final String NO_CONFIG = "{}";
  private static final Platform NO_PLATFORM = new Platform("", "");

  private static final int MAX_PATH = 3800;
  private static final int MAX_COMPONENT = 255;

  /**
   * An artifact as a pull has it. Its config is of no use here, and may be anything; many share the
   * empty one, so the manifest's digest is what tells one from another.
   *
   * @param manifest of that digest, which is an artifact's
   * @throws OciException INVALID
   */
  static ImageDocuments.Content content(
      Digest digest, Manifest manifest, DocumentRoom room, String what) {
    String type = manifest.artifact().orElseThrow();
    if (!digest.algorithm().equals("sha256") || type.length() > ImageLimits.SHORT_BYTES) {
      throw new OciException(
          OciException.Kind.INVALID,
          "artifact %s has a type of %d characters and the digest %s; %d and sha256 are supported"
              .formatted(what, type.length(), digest, ImageLimits.SHORT_BYTES));
    }
    ArtifactFiles files = of(manifest, what);
    return new ImageDocuments.Content(
        digest,
        digest,
        NO_CONFIG.getBytes(StandardCharsets.US_ASCII),
        "",
        NO_PLATFORM,
        files.diffIds(),
        files.blobs(),
        Optional.of(type),
        List.of(),
        room.take(files.weight(), "the titles of artifact " + what));
  }

  /**
   * The files that a manifest names.
   *
   * @param what names the artifact in messages
   * @throws OciException INVALID for a title that is no path of a file
   */
  static ArtifactFiles of(Manifest manifest, String what) {
    List<Digest> diffIds = new ArrayList<>();
    List<Descriptor> blobs = new ArrayList<>();
    Set<String> files = new HashSet<>();
    Set<String> directories = new HashSet<>();
    for (Descriptor layer : manifest.layers()) {
      if (layer.mediaType().equals(MediaTypes.EMPTY)) {
        continue;
      }
      String path = layer.annotations().getOrDefault(TITLE, "");
      if (path.isEmpty()) {
        path = layer.digest().algorithm() + "-" + layer.digest().hex();
      }
      String wrong = wrong(path, files, directories);
      if (!wrong.isEmpty()) {
        throw new OciException(
            OciException.Kind.INVALID,
            "artifact %s: layer %s has the title \"%s\", which %s"
                .formatted(what, layer.digest(), shown(path), wrong));
      }
      diffIds.add(diffId(layer.digest(), path));
      blobs.add(
          new Descriptor(
              layer.mediaType(),
              layer.digest(),
              layer.size(),
              Optional.empty(),
              Map.of(TITLE, path),
              layer.urls()));
    }
    return new ArtifactFiles(List.copyOf(diffIds), List.copyOf(blobs));
  }

  /** What is wrong with a path, or nothing; then it is taken. */
  private static String wrong(String path, Set<String> files, Set<String> directories) {
    if (path.startsWith("/")) {
      return "is absolute";
    }
    // A lone surrogate would become a byte that it is not.
    if (path.chars().anyMatch(Character::isISOControl)
        || !StandardCharsets.UTF_8.newEncoder().canEncode(path)) {
      return "has characters that no name should have";
    }
    for (String component : path.split("/", -1)) {
      if (component.isEmpty() || component.equals(".") || component.equals("..")) {
        return "is not a plain path";
      }
      if (component.startsWith(WHITEOUT)) {
        return "has a name of whiteouts";
      }
      if (bytes(component) > MAX_COMPONENT) {
        return "has a name of more than " + MAX_COMPONENT + " bytes";
      }
    }
    if (bytes(path) > MAX_PATH) {
      return "has more than " + MAX_PATH + " bytes";
    }
    if (!files.add(path) || directories.contains(path)) {
      return "another layer has too";
    }
    for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
      String directory = path.substring(0, slash);
      if (files.contains(directory)) {
        return "is below the file of another layer";
      }
      boolean _ = directories.add(directory);
    }
    return "";
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private static String shown(String path) {
    String cut = path.length() <= 200 ? path : path.substring(0, 200) + "...";
    return cut.replaceAll("[\\p{Cntrl}\\p{Cs}]", "?");
  }

  private static Digest diffId(Digest content, String path) {
    return Digest.of(
        ("jcri artifact file\n" + content + "\n" + path).getBytes(StandardCharsets.UTF_8));
  }

  /** How much memory the paths take until they are unpacked. */
  private long weight() {
    return blobs.stream().mapToLong(blob -> 2L * blob.annotations().toString().length()).sum();
  }

  /** Unpacks a blob of this or of an image: as a file, or as the archive that it is. */
  static UnsyncedLayer unpack(
      LayerMaker maker,
      LayerShelf shelf,
      List<Digest> stack,
      Descriptor blob,
      InputStream content,
      Supplier<List<Layer>> lower) {
    String path = blob.annotations().get(TITLE);
    return path == null
        ? maker.unpack(shelf, stack, content, blob.size(), lower)
        : maker.unpackFile(shelf, stack.getLast(), path, content, blob.size());
  }
}
