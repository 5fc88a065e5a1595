package io.jcri.daemon.config;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a handler has in store for its pods.
 *
 * @param allowedAnnotations names of CRI-O's annotations of pods that are heeded, of {@link
 *     #HEEDED}
 * @param defaultAnnotations of pods that have none of this name that counts
 * @param minMemory bytes that a container's limit must have, 0 for any
 * @param createTimeout how long the OCI runtime may take for a container
 * @param copiesRoot whether a container's root file system is a copy of its image, a plain
 *     directory, instead of an overlay
 */
public record HandlerRules(
    List<String> allowedAnnotations,
    Map<String, String> defaultAnnotations,
    long minMemory,
    Duration createTimeout,
    boolean copiesRoot) {
  /** With every pod treated alike; the kubelet by default waits as long. */
  public static final HandlerRules NONE =
      new HandlerRules(List.of(), Map.of(), 0, Duration.ofMinutes(2), false);

  /** What the newer ones are called, and the older. */
  public static final String UMASK = "umask.crio.io";

  public static final String SHM_SIZE = "shm-size.crio.io";
  public static final String DEVICES = "devices.crio.io";

  private static final Map<String, String> FORMER =
      Map.of(
          UMASK, "io.kubernetes.cri-o.umask",
          SHM_SIZE, "io.kubernetes.cri-o.ShmSize",
          DEVICES, "io.kubernetes.cri-o.Devices");

  /** All that may be allowed. */
  static final List<String> HEEDED =
      List.of(
          UMASK,
          SHM_SIZE,
          DEVICES,
          "io.kubernetes.cri-o.umask",
          "io.kubernetes.cri-o.ShmSize",
          "io.kubernetes.cri-o.Devices");

  public HandlerRules {
    allowedAnnotations = List.copyOf(allowedAnnotations);
    defaultAnnotations = Map.copyOf(defaultAnnotations);
  }

  /** Whether there is anything that jcri does by an annotation of this name. */
  public static boolean heeds(String name) {
    return HEEDED.contains(name);
  }

  /**
   * What a pod's annotation says that is heeded, or else the default one. One allows both names, as
   * in CRI-O; the newer one counts.
   *
   * @param name the newer one
   */
  public Optional<String> heeded(String name, Map<String, String> annotations) {
    String former = FORMER.getOrDefault(name, name);
    boolean allowed = allowedAnnotations.contains(name) || allowedAnnotations.contains(former);
    return Stream.of(allowed ? annotations : Map.<String, String>of(), defaultAnnotations)
        .flatMap(from -> Stream.of(name, former).map(key -> Optional.ofNullable(from.get(key))))
        .flatMap(Optional::stream)
        .findFirst();
  }
}
