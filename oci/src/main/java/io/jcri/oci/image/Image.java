package io.jcri.oci.image;

import io.jcri.oci.Digest;
import io.jcri.oci.distribution.Platform;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * An image that is here and whole: what lists need of it. What its config says beyond that is read
 * from its record when asked ({@link ImageStore#config}, {@link ImageStore#labels}).
 *
 * @param id {@code sha256:...}, the digest of its config; of an artifact's manifest
 * @param repoTags full names such as {@code docker.io/library/busybox:latest}, sorted
 * @param repoDigests full names such as {@code docker.io/library/busybox@sha256:...}, sorted
 * @param size bytes that its layers take on disk, shared ones included; at least 1
 * @param user as the image's config has it; empty for root
 * @param platform that it was built for
 * @param diffIds of its layers, from the lowest
 * @param artifact what kind of artifact it is, which nothing can be run of; empty for an image
 * @param pinned whether the node's administrator wants it kept
 * @param created when it came to this node
 */
public record Image(
    String id,
    List<String> repoTags,
    List<String> repoDigests,
    long size,
    String user,
    Platform platform,
    List<Digest> diffIds,
    Optional<String> artifact,
    boolean pinned,
    Instant created) {

  /** Of an object, its fields and its place in a map: next to these the rest is little. */
  private static final int OBJECT_BYTES = 120;

  /** The same image under other names. */
  Image withNames(List<String> tags, List<String> digests) {
    return new Image(id, tags, digests, size, user, platform, diffIds, artifact, pinned, created);
  }

  /** The same image, to keep or not. */
  Image withPinned(boolean keep) {
    return new Image(
        id, repoTags, repoDigests, size, user, platform, diffIds, artifact, keep, created);
  }

  /** About how many bytes of memory it takes. */
  long weight() {
    long weight = 4L * OBJECT_BYTES + 2L * user.length();
    weight += artifact.map(String::length).orElse(0);
    for (String name : repoTags) {
      weight += OBJECT_BYTES + name.length();
    }
    for (String name : repoDigests) {
      weight += OBJECT_BYTES + name.length();
    }
    for (Digest layer : diffIds) {
      weight += OBJECT_BYTES + layer.hex().length();
    }
    return weight;
  }
}
