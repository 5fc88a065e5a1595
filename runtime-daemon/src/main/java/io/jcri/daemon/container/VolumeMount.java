package io.jcri.daemon.container;

import io.jcri.oci.runtime.BindMounts;
import io.jcri.oci.runtime.IdMapping;
import java.util.List;

/**
 * {@code Mount}: a host path seen by the container.
 *
 * @param options further bind-mount options, such as {@code noexec} ({@code mount_options})
 */
public record VolumeMount(
    String containerPath,
    String hostPath,
    boolean readOnly,
    boolean recursiveReadOnly,
    BindMounts.Propagation propagation,
    List<IdMapping> uidMappings,
    List<IdMapping> gidMappings,
    List<String> options) {

  public VolumeMount {
    uidMappings = List.copyOf(uidMappings);
    gidMappings = List.copyOf(gidMappings);
    options = List.copyOf(options);
  }
}
