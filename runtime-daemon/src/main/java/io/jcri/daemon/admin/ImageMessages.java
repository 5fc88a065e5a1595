package io.jcri.daemon.admin;

import io.jcri.oci.Digest;
import io.jcri.oci.manifest.Platform;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the verbs about images on the node are about. Images are called by ID, a prefix of it or a
 * name in any form; sizes are bytes on disk.
 */
public final class ImageMessages {
  private ImageMessages() {}

  /** For {@code images}: nothing to say. */
  public record All() {}

  /** For {@code inspect}, {@code remove}. */
  public record Named(List<String> images) {}

  /** For {@code tag}: the source is an image, the name what it is to be called as well. */
  public record Tag(String source, String name) {}

  /** For {@code pin}: whether they are to be kept. */
  public record Pin(List<String> images, boolean pinned) {}

  /**
   * For {@code prune}.
   *
   * @param all not only images without a tag
   * @param dry tells what would go, and removes nothing
   */
  public record Prune(boolean all, boolean dry) {}

  /**
   * An image of the list.
   *
   * @param containers how many were made from it or have it as a volume
   * @param created when it came to this node
   */
  public record Row(
      String id,
      List<String> tags,
      List<String> digests,
      long size,
      long unique,
      long shared,
      boolean pinned,
      int containers,
      Instant created) {}

  /**
   * All about an image.
   *
   * @param containers their IDs
   * @param layers from the lowest
   */
  public record Details(
      String id,
      List<String> tags,
      List<String> digests,
      Platform platform,
      long size,
      long unique,
      long shared,
      boolean pinned,
      Instant created,
      Set<String> containers,
      Config config,
      Map<String, String> labels,
      List<Layer> layers) {}

  /** How the image says it is to be run. */
  public record Config(
      String user,
      List<String> environment,
      List<String> entrypoint,
      List<String> command,
      String workingDirectory,
      Set<String> volumes,
      String stopSignal,
      Set<String> exposedPorts) {}

  /**
   * A layer of an image.
   *
   * @param format when its blob could be read file by file: {@code eStargz} or {@code zstd:chunked}
   * @param contents the digest of the table of contents that such a blob has
   */
  public record Layer(
      Digest diffId,
      long size,
      boolean shared,
      Optional<String> format,
      Optional<Digest> contents) {}

  /**
   * What was removed.
   *
   * @param names that are gone
   * @param id of the image, empty when it stays under other names
   * @param freed bytes on disk, or in a dry run those that only it has
   */
  public record Removed(List<String> names, Optional<String> id, long freed) {}

  /** An image as it is now called and kept. */
  public record Changed(String id, List<String> tags, boolean pinned) {}
}
