package io.jcri.daemon.runtime;

import io.jcri.daemon.config.DaemonConfig;
import io.jcri.daemon.config.NamePattern;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which annotations of a pod and of its containers go into config.json, for runtimes that are
 * steered by them, such as gVisor and Kata. The operator names them for each handler: what a
 * runtime does with an annotation is not the pod's to decide.
 */
public final class PassedAnnotations {
  private final Map<String, String> always;
  private final List<NamePattern> ofPod;
  private final List<NamePattern> ofContainer;

  private PassedAnnotations(
      Map<String, String> always, List<NamePattern> ofPod, List<NamePattern> ofContainer) {
    this.always = always;
    this.ofPod = ofPod;
    this.ofContainer = ofContainer;
  }

  static PassedAnnotations of(DaemonConfig.Handler handler) {
    return new PassedAnnotations(
        handler.rules().defaultAnnotations(),
        handler.podAnnotations().stream().map(NamePattern::parse).toList(),
        handler.containerAnnotations().stream().map(NamePattern::parse).toList());
  }

  /** Those that match; the container's beat the pod's, and these the handler's own. */
  public Map<String, String> of(Map<String, String> pod, Map<String, String> container) {
    Map<String, String> passed = new LinkedHashMap<>(always);
    add(pod, ofPod, passed);
    add(container, ofContainer, passed);
    return passed;
  }

  private static void add(
      Map<String, String> annotations, List<NamePattern> patterns, Map<String, String> passed) {
    if (!patterns.isEmpty()) {
      annotations.forEach((key, value) -> {
        if (patterns.stream().anyMatch(pattern -> pattern.matches(key))) {
          passed.put(key, value);
        }
      });
    }
  }
}
