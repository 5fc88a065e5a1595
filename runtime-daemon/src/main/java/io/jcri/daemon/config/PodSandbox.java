package io.jcri.daemon.config;

/** What the containers of a pod are put into. */
public enum PodSandbox {
  /** The namespaces that jcri's own pause process holds. */
  PAUSE,
  /** A container that is made before them, for runtimes that have a kernel for each pod. */
  CONTAINER,
  /** What the pod's shim makes when it is asked by the sandbox API. */
  SHIM
}
