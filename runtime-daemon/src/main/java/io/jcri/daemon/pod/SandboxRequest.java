package io.jcri.daemon.pod;

import java.util.Map;

/** Says what a shim is told that makes the sandbox of a pod. */
@FunctionalInterface
public interface SandboxRequest {
  /**
   * The request, encoded, without the sandbox's id and its bundle.
   *
   * @param pod one whose namespaces are made
   * @param passed those of its annotations that its handler may know
   * @param annotations of the sandbox, as config.json has them
   */
  byte[] of(Pod pod, Map<String, String> passed, Map<String, String> annotations);
}
