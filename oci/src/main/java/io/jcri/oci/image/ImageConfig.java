package io.jcri.oci.image;

import io.jcri.oci.Digest;
import io.jcri.oci.Json;
import io.jcri.oci.OciException;
import io.jcri.oci.manifest.Platform;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What an image says of how to run it (OCI image-spec, config.md). Its author's words: nothing here
 * may steer the node. Read from the image's record when it is asked for; see {@link ImageLimits}
 * for how large it may be. Labels, which nothing needs to run an image, are read apart.
 *
 * @param user as in the image, such as {@code 1000:1000} or {@code nobody}; empty for root
 * @param workingDirectory empty for the root directory
 * @param volumes paths, sorted
 * @param stopSignal such as {@code SIGQUIT} or {@code 3}; empty for the default
 * @param exposedPorts such as {@code 80/tcp}, sorted
 */
public record ImageConfig(
    String user,
    List<String> env,
    List<String> entrypoint,
    List<String> command,
    String workingDirectory,
    Set<String> volumes,
    String stopSignal,
    Set<String> exposedPorts,
    Platform platform) {

  private record Document(
      Optional<String> os,
      Optional<String> architecture,
      Optional<String> variant,
      Optional<Run> config,
      @Json.Once Optional<RootFs> rootfs) {}

  private record Run(
      @Json.Name("User") Optional<String> user,
      @Json.Name("Env") List<String> env,
      @Json.Name("Entrypoint") List<String> entrypoint,
      @Json.Name("Cmd") List<String> cmd,
      @Json.Name("WorkingDir") Optional<String> workingDir,
      @Json.Name("Volumes") Map<String, @Nullable Object> volumes,
      @Json.Name("StopSignal") Optional<String> stopSignal,
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
            Map.of());
  }

  private record RootFs(@Json.Once @Json.Name("diff_ids") List<Digest> diffIds) {}

  private record Labelled(Optional<Labels> config) {}

  private record Labels(@Json.Name("Labels") Map<String, @Nullable String> labels) {}

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
   * @throws OciException INVALID, also when it is beyond {@link ImageLimits}
   */
  static Parsed parse(byte[] content, String what) {
    Document document;
    try {
      document = Json.parseTolerant(content, Document.class, ImageLimits.CONFIG);
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
            Collections.unmodifiableSet(new TreeSet<>(run.volumes.keySet())),
            run.stopSignal.orElse(""),
            Collections.unmodifiableSet(new TreeSet<>(run.exposedPorts.keySet())),
            platform);
    config.check(what);
    return new Parsed(config, document.rootfs.map(RootFs::diffIds).orElse(List.of()));
  }

  /**
   * Reads a config's labels, sorted.
   *
   * @throws OciException INVALID, also when they are beyond {@link ImageLimits}
   */
  static Map<String, String> labels(byte[] content, String what) {
    Map<String, String> labels = new TreeMap<>();
    try {
      Json.parseTolerant(content, Labelled.class, ImageLimits.CONFIG)
          .config
          .ifPresent(config ->
              config.labels.forEach((name, value) -> {
                if (value != null) {
                  labels.put(name, value);
                }
              }));
    } catch (OciException e) {
      throw new OciException(e.kind(), "labels of image " + what + ": " + e.getMessage(), e);
    }
    atMost(
        ImageLimits.LABEL_BYTES,
        bytes(labels.keySet()) + bytes(labels.values()),
        "bytes in Labels",
        what);
    return Collections.unmodifiableMap(labels);
  }

  private void check(String what) {
    atMost(
        ImageLimits.PROCESS_BYTES,
        bytes(env) + bytes(entrypoint) + bytes(command),
        "bytes in Env, Entrypoint and Cmd",
        what);
    atMost(ImageLimits.VOLUMES, volumes.size(), "Volumes", what);
    atMost(ImageLimits.PORTS, exposedPorts.size(), "ExposedPorts", what);
    atMost(
        ImageLimits.SETTING_BYTES,
        bytes(volumes) + bytes(exposedPorts) + bytes(List.of(workingDirectory, stopSignal)),
        "bytes in Volumes, ExposedPorts, WorkingDir and StopSignal",
        what);
    atMost(ImageLimits.SHORT_BYTES, bytes(List.of(user)), "bytes in User", what);
    atMost(
        ImageLimits.SHORT_BYTES,
        bytes(List.of(platform.os(), platform.architecture(), platform.variant().orElse(""))),
        "bytes in os, architecture and variant",
        what);
  }

  private static void atMost(long limit, long found, String unit, String what) {
    if (found > limit) {
      throw new OciException(
          OciException.Kind.INVALID,
          "config of image %s has %d %s, the limit is %d".formatted(what, found, unit, limit));
    }
  }

  private static long bytes(Collection<String> texts) {
    return texts.stream().mapToLong(t -> t.getBytes(StandardCharsets.UTF_8).length).sum();
  }

  private static List<String> withoutNulls(List<String> list) {
    return list.stream().filter(Objects::nonNull).toList();
  }
}
