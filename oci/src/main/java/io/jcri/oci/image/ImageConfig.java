package io.jcri.oci.image;

import io.jcri.oci.Digest;
import io.jcri.oci.Json;
import io.jcri.oci.OciException;
import io.jcri.oci.distribution.Platform;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What an image says of how to run it (OCI image-spec, config.md). Its author's words: nothing here
 * may steer the node.
 *
 * @param user as in the image, such as {@code 1000:1000} or {@code nobody}; empty for root
 * @param workingDirectory empty for the root directory
 * @param stopSignal such as {@code SIGQUIT} or {@code 3}; empty for the default
 */
public record ImageConfig(
    String user,
    List<String> env,
    List<String> entrypoint,
    List<String> command,
    String workingDirectory,
    Set<String> volumes,
    String stopSignal,
    Map<String, String> labels,
    Set<String> exposedPorts,
    Platform platform) {

  /** The most bytes of a config, as containerd has it. */
  static final int MAX_BYTES = 8 << 20;

  private record Document(
      Optional<String> os,
      Optional<String> architecture,
      Optional<String> variant,
      Optional<Run> config,
      Optional<RootFs> rootfs) {}

  private record Run(
      @Json.Name("User") Optional<String> user,
      @Json.Name("Env") List<String> env,
      @Json.Name("Entrypoint") List<String> entrypoint,
      @Json.Name("Cmd") List<String> cmd,
      @Json.Name("WorkingDir") Optional<String> workingDir,
      @Json.Name("Volumes") Map<String, @Nullable Object> volumes,
      @Json.Name("StopSignal") Optional<String> stopSignal,
      @Json.Name("Labels") Map<String, String> labels,
      @Json.Name("ExposedPorts") Map<String, @Nullable Object> exposedPorts) {

    static final Run NONE =
        new Run(
            Optional.empty(),
            List.of(),
            List.of(),
            List.of(),
            Optional.empty(),
            Map.of(),
            Optional.empty(),
            Map.of(),
            Map.of());
  }

  private record RootFs(@Json.Name("diff_ids") List<Digest> diffIds) {}

  /**
   * A config and the layers it names.
   *
   * @param diffIds from the lowest layer
   */
  record Parsed(ImageConfig config, List<Digest> diffIds) {}

  /**
   * Reads a config whose bytes were checked.
   *
   * @param what names the image in messages
   * @throws OciException INVALID
   */
  static Parsed parse(byte[] content, String what) {
    Document document;
    try {
      document = Json.parse(content, Document.class, MAX_BYTES);
    } catch (OciException e) {
      throw new OciException(e.kind(), "config of image " + what + ": " + e.getMessage(), e);
    }
    Run run = document.config.orElse(Run.NONE);
    Platform platform =
        new Platform(
            document.os.orElse(""),
            document.architecture.orElse(""),
            document.variant.filter(v -> !v.isEmpty()),
            Optional.empty());
    ImageConfig config =
        new ImageConfig(
            run.user.orElse(""),
            withoutNulls(run.env),
            withoutNulls(run.entrypoint),
            withoutNulls(run.cmd),
            run.workingDir.orElse(""),
            Set.copyOf(new TreeSet<>(run.volumes.keySet())),
            run.stopSignal.orElse(""),
            run.labels,
            Set.copyOf(run.exposedPorts.keySet()),
            platform);
    return new Parsed(config, document.rootfs.map(RootFs::diffIds).orElse(List.of()));
  }

  private static List<String> withoutNulls(List<String> list) {
    return list.stream().filter(Objects::nonNull).toList();
  }
}
