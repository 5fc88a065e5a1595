package io.jcri.daemon.container;

import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.runtime.PassedAnnotations;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What config.json says in its annotations: what containerd writes too, since tools look for the
 * pod of a container there, and what the operator lets through to the runtime.
 */
final class ContainerAnnotations {
  private ContainerAnnotations() {}

  static Map<String, String> of(PassedAnnotations passed, Pod pod, Container container) {
    Map<String, String> annotations =
        new LinkedHashMap<>(
            passed.of(pod.config().annotations(), container.config().annotations()));
    // Last: no pattern lets a pod pass for another one.
    annotations.put("io.kubernetes.cri.container-type", "container");
    annotations.put("io.kubernetes.cri.sandbox-id", pod.id());
    annotations.put("io.kubernetes.cri.sandbox-name", pod.config().metadata().name());
    annotations.put("io.kubernetes.cri.sandbox-namespace", pod.config().metadata().namespace());
    annotations.put("io.kubernetes.cri.sandbox-uid", pod.config().metadata().uid());
    annotations.put("io.kubernetes.cri.container-name", container.config().name());
    annotations.put("io.kubernetes.cri.image-name", container.image().name());
    return annotations;
  }
}
