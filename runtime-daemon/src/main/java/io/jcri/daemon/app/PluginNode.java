package io.jcri.daemon.app;

import io.jcri.daemon.container.Container;
import io.jcri.daemon.container.Containers;
import io.jcri.daemon.nri.NodeObjects;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.pod.Pods;
import io.jcri.oci.spec.LinuxResources;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;

/** The node as NRI plugins may see and change it. */
record PluginNode(Pods allPods, Containers allContainers) implements NodeObjects {
  @Override
  public Collection<Pod> pods() {
    return allPods.list();
  }

  @Override
  public Optional<Pod> pod(String id) {
    return allPods.find(id);
  }

  @Override
  public Collection<Container> containers() {
    return allContainers.list();
  }

  @Override
  public void update(String container, LinuxResources change) {
    allContainers.updateForPlugin(allContainers.require(container).id(), change);
  }

  @Override
  public void kill(String container) throws IOException {
    allContainers.stop(allContainers.require(container).id(), Duration.ZERO);
  }
}
