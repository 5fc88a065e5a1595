package io.jcri.daemon.container;

import io.jcri.oci.spec.ContainerMount;
import io.jcri.oci.spec.DefaultMounts;
import java.util.List;

/**
 * What is to be mounted in a container.
 *
 * @param defaults what every container has
 * @param asked what the kubelet asks for, in its order
 * @param declared what comes before that: of the node, and what the image declares
 */
record MountPlan(
    List<ContainerMount> defaults, List<MountRequest> asked, List<MountRequest> declared) {
  MountPlan {
    defaults = List.copyOf(defaults);
    asked = List.copyOf(asked);
    declared = List.copyOf(declared);
  }

  /**
   * All mounts in the order in which they are to be made. One that is asked for beats a default one
   * at the same place.
   *
   * @param shown what the requests have become, the declared ones first: where a link of the image
   *     leads both to one place, the pod's mount covers the volume
   */
  List<ContainerMount> with(List<ContainerMount> shown) {
    return DefaultMounts.compose(defaults, shown);
  }
}
