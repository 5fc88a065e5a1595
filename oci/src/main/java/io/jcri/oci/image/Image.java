package io.jcri.oci.image;

import io.jcri.oci.Digest;
import java.time.Instant;
import java.util.List;

/**
 * An image that is here and whole.
 *
 * @param id {@code sha256:...}, the digest of its config
 * @param repoTags full names such as {@code docker.io/library/busybox:latest}, sorted
 * @param repoDigests full names such as {@code docker.io/library/busybox@sha256:...}, sorted
 * @param size bytes that its layers take on disk, shared ones included; at least 1
 * @param diffIds of its layers, from the lowest
 * @param pinned whether the node's administrator wants it kept
 * @param created when it came to this node
 */
public record Image(
    String id,
    List<String> repoTags,
    List<String> repoDigests,
    long size,
    ImageConfig config,
    List<Digest> diffIds,
    boolean pinned,
    Instant created) {

  /** The same image under other names. */
  Image withNames(List<String> tags, List<String> digests) {
    return new Image(id, tags, digests, size, config, diffIds, pinned, created);
  }

  /** The same image, to keep or not. */
  Image withPinned(boolean keep) {
    return new Image(id, repoTags, repoDigests, size, config, diffIds, keep, created);
  }
}
