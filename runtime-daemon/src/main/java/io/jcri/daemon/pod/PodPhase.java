package io.jcri.daemon.pod;

/** How far a pod has come. Only {@link Pod#with} changes it, under the pod's lock. */
public enum PodPhase {
  /** RunPodSandbox is at work; not listed. A restart finds it and rolls it back. */
  CREATING,
  /** The sandbox runs and has its network. */
  READY,
  /** Stopped, or never became ready and still has something to clean up. */
  NOT_READY
}
