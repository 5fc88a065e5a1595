package io.jcri.oci.image;

import io.jcri.oci.Digest;
import io.jcri.oci.manifest.Platform;
import io.jcri.oci.signature.Approval;
import java.time.Instant;
import java.util.ArrayList;
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
 * @param approvals under what policies it was pulled, the latest last
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
    Instant created,
    List<Approval> approvals) {

  /** More are of no use: a policy of before seldom comes back. */
  private static final int MAX_APPROVALS = 16;

  /** Of an object, its fields and its place in a map: next to these the rest is little. */
  private static final int OBJECT_BYTES = 120;

  /** The same image under other names. */
  Image withNames(List<String> tags, List<String> digests) {
    return new Image(
        id, tags, digests, size, user, platform, diffIds, artifact, pinned, created, approvals);
  }

  /** The same image, to keep or not. */
  Image withPinned(boolean keep) {
    return new Image(
        id,
        repoTags,
        repoDigests,
        size,
        user,
        platform,
        diffIds,
        artifact,
        keep,
        created,
        approvals);
  }

  /** The approvals of an image that has got another one, which replaces that of the same name. */
  static List<Approval> approvals(List<Approval> before, Optional<Approval> another) {
    if (another.isEmpty() || before.contains(another.get())) {
      return before;
    }
    List<Approval> all = new ArrayList<>(before);
    all.removeIf(one -> one.reference().equals(another.get().reference()));
    all.add(another.get());
    return List.copyOf(all.subList(Math.max(0, all.size() - MAX_APPROVALS), all.size()));
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
    for (Approval approval : approvals) {
      weight += 2 * OBJECT_BYTES + approval.reference().length() + approval.policy().length();
    }
    for (Digest layer : diffIds) {
      weight += OBJECT_BYTES + layer.hex().length();
    }
    return weight;
  }
}
