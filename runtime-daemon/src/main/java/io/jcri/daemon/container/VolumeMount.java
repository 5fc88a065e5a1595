package io.jcri.daemon.container;

import io.jcri.oci.runtime.BindMounts;
import io.jcri.oci.runtime.IdMapping;
import java.util.List;
import java.util.Optional;

/**
 * {@code Mount}: a host path, or an image, seen by the container.
 *
 * @param hostPath empty for an image volume
 * @param options further bind-mount options, such as {@code noexec} ({@code mount_options}),
 *     checked by {@link MountOptions}
 * @param image what an image volume shows
 * @param relabel whether the host path gets the container's SELinux label
 */
public record VolumeMount(
    String containerPath,
    String hostPath,
    boolean readOnly,
    boolean recursiveReadOnly,
    BindMounts.Propagation propagation,
    List<IdMapping> uidMappings,
    List<IdMapping> gidMappings,
    List<String> options,
    Optional<ImageVolume> image,
    boolean relabel) {

  public VolumeMount {
    uidMappings = List.copyOf(uidMappings);
    gidMappings = List.copyOf(gidMappings);
    options = List.copyOf(options);
  }
}
