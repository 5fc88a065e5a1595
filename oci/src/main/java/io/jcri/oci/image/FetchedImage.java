package io.jcri.oci.image;

import io.jcri.oci.Digest;
import io.jcri.oci.manifest.Platform;
import io.jcri.oci.signature.Approval;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * What is to be recorded of an image whose layers are here.
 *
 * @param id of it
 * @param rawConfig as it came
 * @param user as the config has it
 * @param artifact what kind it is, empty for an image
 * @param seekable those of its layers that can be read file by file
 * @param tags in full
 * @param repoDigests likewise
 * @param approval what the signature policy has found, when there is one
 * @param pinned whether it is to be kept; one that is pinned stays so
 */
// Nobody compares two of them.
@SuppressWarnings("ArrayRecordComponent")
public record FetchedImage(
    String id,
    byte[] rawConfig,
    String user,
    Platform platform,
    Optional<String> artifact,
    List<SeekableLayer> seekable,
    List<String> tags,
    List<String> repoDigests,
    Optional<Approval> approval,
    boolean pinned) {

  /**
   * What is recorded.
   *
   * @param size bytes that its layers take on disk, and its config
   * @param before the same image as it is here, whose names and time it keeps
   */
  Image image(long size, List<Digest> diffIds, Optional<Image> before, InstantSource clock) {
    TreeSet<String> allTags = new TreeSet<>(tags);
    TreeSet<String> allDigests = new TreeSet<>(repoDigests);
    before.ifPresent(image -> allTags.addAll(image.repoTags()));
    before.ifPresent(image -> allDigests.addAll(image.repoDigests()));
    return new Image(
        id,
        List.copyOf(allTags),
        List.copyOf(allDigests),
        size,
        user,
        platform,
        diffIds,
        artifact,
        pinned || before.map(Image::pinned).orElse(false),
        before.map(Image::created).orElseGet(clock::instant),
        Image.approvals(before.map(Image::approvals).orElse(List.of()), approval));
  }
}
