package io.jcri.daemon.container;

import io.jcri.daemon.life.ContainerPhase;
import io.jcri.oci.Json;
import io.jcri.oci.OciException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What stands in the place of a container whose record can't be read: UNKNOWN, with an annotation
 * that says why. It may run; what its config.json says of pod and name is told, so that the kubelet
 * finds it where it was.
 */
public final class UnreadableContainer {
  private static final Logger log = LoggerFactory.getLogger(UnreadableContainer.class);

  /** The annotation, of containers and pods. */
  public static final String ANNOTATION = "io.jcri.unreadable-record";

  private static final String FROM = "io.kubernetes.cri.";

  /** By the kubelet's labels what {@link ContainerAnnotations} writes. */
  private static final Map<String, String> LABELS =
      Map.of(
          "io.kubernetes.container.name", FROM + "container-name",
          "io.kubernetes.pod.name", FROM + "sandbox-name",
          "io.kubernetes.pod.namespace", FROM + "sandbox-namespace",
          "io.kubernetes.pod.uid", FROM + "sandbox-uid");

  /** No pod's id, and no prefix of one. */
  private static final String NO_POD = "unknown";

  /** The kubelet and crictl take no status, and so remove nothing, without an image. */
  private static final String NO_IMAGE = "unknown";

  /** Of config.json. */
  private record Spec(Map<String, String> annotations) {}

  private UnreadableContainer() {}

  /**
   * A stand-in.
   *
   * @param why the record can't be read
   * @param bundle of the container, whether it is there or not
   * @param createdAt nanoseconds since the epoch, as good as can be told
   */
  public static Container of(String id, String why, Path bundle, long createdAt, String bootId) {
    Map<String, String> said = annotations(bundle.resolve("config.json"));
    Map<String, String> labels = new LinkedHashMap<>();
    LABELS.forEach((label, from) -> {
      if (said.containsKey(from)) {
        labels.put(label, said.get(from));
      }
    });
    String image = said.getOrDefault(FROM + "image-name", NO_IMAGE);
    return new Container(
        id,
        said.getOrDefault(FROM + "sandbox-id", NO_POD),
        ContainerConfig.unknown(
            said.getOrDefault(FROM + "container-name", id), image, labels, Map.of(ANNOTATION, why)),
        new Container.ImageIdentity("", image, NO_IMAGE),
        Optional.empty(),
        ContainerPhase.UNKNOWN,
        createdAt,
        0,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        "",
        "SIGTERM",
        bootId);
  }

  /** Why a container's record can't be read; empty for one that is known, or has been ended. */
  public static Optional<String> why(Container container) {
    return container.phase() == ContainerPhase.UNKNOWN
        ? Optional.ofNullable(container.config().annotations().get(ANNOTATION))
        : Optional.empty();
  }

  /** Whether nothing tells whose the container is that this stands in for. */
  public static boolean isNobodys(Container container) {
    return container.podId().equals(NO_POD);
  }

  private static Map<String, String> annotations(Path file) {
    try {
      return Json.parse(Files.readAllBytes(file), Spec.class).annotations();
    } catch (IOException | OciException e) {
      log.warn("{} does not tell whose container it is: {}", file, e.getMessage());
      return Map.of();
    }
  }
}
