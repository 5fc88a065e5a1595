package io.jcri.daemon.imports.containerd;

import io.jcri.daemon.imports.ForeignImage;
import io.jcri.daemon.imports.FoundImage;
import io.jcri.daemon.imports.ImportException;
import io.jcri.daemon.imports.UnusableImage;
import io.jcri.daemon.imports.bolt.BoltFile;
import io.jcri.oci.Digest;
import io.jcri.oci.OciException;
import io.jcri.oci.manifest.Descriptor;
import io.jcri.oci.manifest.ImageReference;
import io.jcri.oci.manifest.Platform;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** The images that containerd has in one of its namespaces. Stateless. */
public final class ContainerdImages {
  /** The name under which its CRI plugin finds an image by its ID. */
  private static final Pattern IMAGE_ID = Pattern.compile("sha256:[0-9a-f]{64}");

  private final Path root;
  private final ContentStore content;

  /**
   * Of a containerd that had better be stopped: what comes and goes meanwhile may be missed.
   *
   * @param root its directory, such as {@code /var/lib/containerd}
   */
  public ContainerdImages(Path root) {
    this.root = root;
    this.content = new ContentStore(root);
  }

  /** The process of a containerd that runs, as far as can be seen. */
  public Optional<String> running() throws IOException {
    return BoltFile.openedBy(ImageRows.database(root));
  }

  /**
   * Finds its images, each once with all its names; those that cannot be used say why.
   *
   * @param namespace of containerd's; the kubelet's images are in {@code k8s.io}
   * @param platform that they are to be for
   * @throws ImportException when its database cannot be read
   */
  public List<FoundImage> find(String namespace, Platform platform) throws IOException {
    Map<String, List<ImageRows.Row>> byTarget = new LinkedHashMap<>();
    List<FoundImage> found = new ArrayList<>();
    for (ImageRows.Row row : ImageRows.read(root, namespace)) {
      if (IMAGE_ID.matcher(row.name()).matches()) {
        continue;
      }
      try {
        ImageReference _ = ImageReference.parse(row.name());
        byTarget.computeIfAbsent(row.digest(), _ -> new ArrayList<>()).add(row);
      } catch (OciException e) {
        found.add(new UnusableImage(List.of(row.name()), String.valueOf(e.getMessage())));
      }
    }
    for (List<ImageRows.Row> rows : byTarget.values()) {
      found.add(image(rows, platform));
    }
    return found;
  }

  private FoundImage image(List<ImageRows.Row> rows, Platform platform) {
    List<String> called = rows.stream().map(ImageRows.Row::name).toList();
    try {
      ImageRows.Row first = rows.getFirst();
      Descriptor top =
          new Descriptor(first.mediaType(), Digest.parse(first.digest()), first.size());
      Contents contents = Contents.below(top, platform, content);
      boolean pinned = rows.stream().anyMatch(ImageRows.Row::pinned);
      return new ForeignImage(
          contents.id(),
          List.of(top),
          called.stream().map(ImageReference::parse).toList(),
          pinned,
          contents.documents(),
          contents.diffIds(),
          contents.layers(),
          called);
    } catch (OciException | IOException e) {
      return new UnusableImage(called, String.valueOf(e.getMessage()));
    }
  }
}
