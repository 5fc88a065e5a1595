package io.jcri.daemon.pod;

import io.jcri.daemon.life.PodPhase;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What stands in the place of a pod whose record can't be read: not ready, with an annotation that
 * says why. Its sandbox may live and its address is its own until it is stopped.
 */
public final class UnreadablePod {

  /** No handler's name: whatever depends on the handler is tried with all. */
  private static final String NO_HANDLER = "unknown";

  private static final String LABEL = "io.kubernetes.pod.";

  /** The kubelet's label of a container that names its pod. */
  public static final String NAME_LABEL = LABEL + "name";

  private UnreadablePod() {}

  /** Whether a pod is a stand-in. */
  public static boolean isOne(Pod pod) {
    return pod.config().handler().equals(NO_HANDLER);
  }

  /**
   * A stand-in.
   *
   * @param annotation that says why the record can't be read
   * @param labels of a container of its, which name the pod; empty when it has none
   * @param createdAt nanoseconds since the epoch, as good as can be told
   */
  public static Pod of(
      String id,
      Map.Entry<String, String> annotation,
      Map<String, String> labels,
      long createdAt,
      String bootId) {
    Map<String, String> own = new HashMap<>(labels);
    own.keySet().removeIf(label -> !label.startsWith(LABEL));
    PodMetadata metadata =
        new PodMetadata(
            own.getOrDefault(NAME_LABEL, id),
            // the kubelet and crictl take no status without these
            own.getOrDefault(LABEL + "namespace", "unknown"),
            own.getOrDefault(LABEL + "uid", id),
            0);
    PodConfig config =
        new PodConfig(
            metadata,
            "",
            "",
            new DnsConfig(List.of(), List.of(), List.of()),
            List.of(),
            own,
            Map.ofEntries(annotation),
            "",
            Map.of(),
            new NamespaceOptions(
                NamespaceMode.POD,
                NamespaceMode.CONTAINER,
                NamespaceMode.POD,
                "",
                Optional.empty()),
            false,
            NO_HANDLER,
            Optional.of(""),
            Optional.empty(),
            Optional.empty());
    return new Pod(
        id,
        config,
        createdAt,
        PodPhase.NOT_READY,
        Optional.empty(),
        true,
        List.of(),
        Optional.empty(),
        Optional.empty(),
        bootId);
  }
}
