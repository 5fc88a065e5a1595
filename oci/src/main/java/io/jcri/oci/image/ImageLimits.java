package io.jcri.oci.image;

import io.jcri.oci.Json;
import io.jcri.oci.OciException;

/**
 * How far images may grow what this process holds. An image beyond one of these is refused when it
 * comes; a record of an older version beyond them is not listed, and can be removed.
 */
public final class ImageLimits {

  /** The most bytes of an image's own config. */
  public static final int CONFIG_BYTES = 4 << 20;

  /**
   * The most bytes of an image's environment, entry point and command together. The kernel takes
   * some 2 MiB of a process, what the pod adds included.
   */
  public static final int PROCESS_BYTES = 256 << 10;

  /** The most volumes of an image: each is a mount of each of its containers. */
  public static final int VOLUMES = 1_000;

  /** The most exposed ports of an image. */
  public static final int PORTS = 10_000;

  /**
   * The most bytes of an image's volumes, exposed ports, user and other short settings together.
   */
  public static final int SETTING_BYTES = 256 << 10;

  /** The most bytes of an image's labels, which are read when somebody asks for them. */
  public static final int LABEL_BYTES = 2 << 20;

  /** The most tags and digests of one image. */
  public static final int NAMES = 10_000;

  /** The most different images of an archive. */
  public static final int ARCHIVE_IMAGES = 1_000;

  /** The most bytes of names and layers of all images together, which lists are made of. */
  public static final long CATALOG_BYTES = 16 << 20;

  /** The most bytes of large documents that are in memory at once, over all pulls and readers. */
  public static final int DOCUMENTS_AT_ONCE = 16 << 20;

  /** A document up to this size does not count: it is as small as what the call itself takes. */
  static final int SMALL_DOCUMENT = 64 << 10;

  /** The most bytes of a user's or platform's name, which is kept in memory. */
  static final int SHORT_BYTES = 1 << 10;

  /** What is read of a document into memory: a list of small values takes many times its text. */
  static final int VALUES = 64 << 10;

  static final Json.Bounds CONFIG = new Json.Bounds(CONFIG_BYTES, VALUES);
  static final Json.Bounds DOCUMENT = new Json.Bounds(4 << 20, VALUES);

  private ImageLimits() {}

  /**
   * Refuses an image of too many names.
   *
   * @throws OciException RESOURCE_EXHAUSTED
   */
  static void requireFew(Image image) {
    int names = image.repoTags().size() + image.repoDigests().size();
    if (names > NAMES) {
      throw new OciException(
          OciException.Kind.RESOURCE_EXHAUSTED,
          "image %s would have %d names, the limit is %d; remove it and pull it again"
              .formatted(image.id(), names, NAMES));
    }
  }

  /**
   * Refuses an image with which all together would be too large.
   *
   * @param weight of all
   * @throws OciException RESOURCE_EXHAUSTED
   */
  static void requireRoom(Image image, long weight) {
    if (weight > CATALOG_BYTES) {
      throw new OciException(
          OciException.Kind.RESOURCE_EXHAUSTED,
          "with image %s the names and layers of this node's images would take %d bytes, the limit"
                  .formatted(image.id(), weight)
              + " is %d; remove some".formatted(CATALOG_BYTES));
    }
  }
}
