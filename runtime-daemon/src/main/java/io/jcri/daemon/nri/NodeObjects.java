package io.jcri.daemon.nri;

import io.jcri.daemon.container.Container;
import io.jcri.daemon.pod.Pod;
import io.jcri.oci.spec.LinuxResources;
import java.io.IOException;
import java.util.Collection;
import java.util.Optional;

/** What NRI may see and do on this node. Thread-safe. */
public interface NodeObjects {
  /** The pods that the kubelet may know. */
  Collection<Pod> pods();

  Optional<Pod> pod(String id);

  /** The containers that the kubelet may know. */
  Collection<Container> containers();

  /**
   * Changes a container's limits without asking plugins; what is empty stays.
   *
   * @throws io.jcri.daemon.core.JcriException when it can't be done, and all is as it was
   */
  void update(String container, LinuxResources change);

  /** Kills a container; the kubelet decides what becomes of its pod. */
  void kill(String container) throws IOException;
}
