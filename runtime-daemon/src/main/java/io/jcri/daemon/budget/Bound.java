package io.jcri.daemon.budget;

import io.jcri.oci.image.ImageLimits;
import io.jcri.oci.snapshot.VolumeLimits;

/**
 * Whatever a pod, an image, a registry, a plugin or a client can make grow in the daemon: how far,
 * and what happens then. The heap is small on purpose ({@code -Xmx128m}), so each of them is a
 * small part of it and all of them together fit.
 *
 * <p>ARCHITECTURE.md has the same list for people; a test holds the two together.
 */
public enum Bound {
  /** All ExecSync calls together, both streams. The shim keeps what does not fit, or cuts it. */
  EXEC_SYNC_OUTPUT("a container's probes", 32 << 20, "waits in the shim, then is cut with a mark"),

  /** Each of a pod's name, namespace and uid: CNI plugins are told of them in one variable. */
  POD_NAME("who names a pod", 1024, "the pod is refused"),

  /** The path of a pod's cgroup below each hierarchy, as systemd nests it. */
  CGROUP_PARENT("who names a pod's cgroup", 2048, "the pod is refused"),

  /** Volumes that the image of one container declares: how many. */
  DECLARED_VOLUMES("an image", VolumeLimits.MAX_VOLUMES, "the container is refused"),

  /** What the image has in them, holes among it, copied for each container. */
  DECLARED_VOLUME_BYTES("an image", VolumeLimits.MAX_BYTES, "the container is refused"),

  /** The same: how many files. */
  DECLARED_VOLUME_FILES("an image", VolumeLimits.MAX_ENTRIES, "the container is refused"),

  /** The environment, entry point and command of an image. */
  IMAGE_PROCESS("an image", ImageLimits.PROCESS_BYTES, "the image is refused"),

  /** Each is a mount of each container of the image. */
  IMAGE_VOLUMES_COUNT("an image", ImageLimits.VOLUMES, "the image is refused"),

  /** An image's labels; they are read from its record when asked for. */
  IMAGE_LABELS("an image", ImageLimits.LABEL_BYTES, "the image is refused"),

  /** An image's own config. */
  IMAGE_CONFIG(
      "an image",
      ImageLimits.CONFIG_BYTES,
      "the image is refused; a record of an older version is not listed, and can be removed"),

  /** Tags and digests of one image. */
  IMAGE_NAMES_COUNT("who pulls or loads", ImageLimits.NAMES, "the pull or load is refused"),

  /** Different images of one archive. */
  ARCHIVE_IMAGES_COUNT("an archive", ImageLimits.ARCHIVE_IMAGES, "the archive is refused"),

  /** Names and layers of all images, which lists are made of. */
  IMAGE_CATALOG(
      "who pulls or loads",
      ImageLimits.CATALOG_BYTES,
      "the pull or load is refused until images are removed"),

  /** Manifests, indexes and configs above 64 KiB, of all pulls together and of all readers. */
  IMAGE_DOCUMENTS(
      "images and registries",
      ImageLimits.DOCUMENTS_AT_ONCE,
      "waits, after a minute the pull fails and may be tried again");

  private final String who;
  private final long limit;
  private final String answer;

  Bound(String who, long limit, String answer) {
    this.who = who;
    this.limit = limit;
    this.answer = answer;
  }

  /** Who can make it grow. */
  public String who() {
    return who;
  }

  /** How far: bytes, unless the constant's name says what is counted. */
  public long limit() {
    return limit;
  }

  /** What happens when it is reached, for people. */
  public String answer() {
    return answer;
  }
}
