package io.jcri.daemon.pod;

/** Whose namespace a container lives in ({@code NamespaceMode}). */
public enum NamespaceMode {
  /** The pod's: all its containers share it. */
  POD,
  /** The container's own. */
  CONTAINER,
  /** The host's. */
  NODE,
  /** That of another container, named beside the mode. */
  TARGET
}
