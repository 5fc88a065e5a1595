package io.jcri.daemon.life;

/** How far a pod has come; {@link PodLife} says how it goes on. Written to its record. */
public enum PodPhase {
  /** RunPodSandbox is at work; not listed. A restart finds it and rolls it back. */
  CREATING,
  /** The sandbox runs and has its network. */
  READY,
  /** Stopped, or never became ready and still has something to clean up. */
  NOT_READY
}
