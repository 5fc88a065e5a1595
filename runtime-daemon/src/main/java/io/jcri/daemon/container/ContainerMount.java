package io.jcri.daemon.container;

import io.jcri.oci.runtime.IdMapping;
import java.util.List;

/**
 * {@code Mount}: a host path seen by the container.
 *
 * @param options further bind-mount options, such as {@code noexec} ({@code mount_options})
 */
public record ContainerMount(
    String containerPath,
    String hostPath,
    boolean readOnly,
    boolean recursiveReadOnly,
    Propagation propagation,
    List<IdMapping> uidMappings,
    List<IdMapping> gidMappings,
    List<String> options) {

  public ContainerMount {
    uidMappings = List.copyOf(uidMappings);
    gidMappings = List.copyOf(gidMappings);
    options = List.copyOf(options);
  }

  /** {@code MountPropagation}. */
  public enum Propagation {
    PRIVATE,
    HOST_TO_CONTAINER,
    BIDIRECTIONAL
  }
}
