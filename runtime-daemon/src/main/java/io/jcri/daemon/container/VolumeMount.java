package io.jcri.daemon.container;

import io.jcri.oci.runtime.BindMounts;
import io.jcri.oci.spec.IdMapping;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

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

  /**
   * The same, with the ID of its image; a host path is as it was.
   *
   * @param idOf the ID that a reference means now, empty when there is no such image
   */
  VolumeMount withImageId(Function<String, Optional<String>> idOf) {
    return new VolumeMount(
        containerPath,
        hostPath,
        readOnly,
        recursiveReadOnly,
        propagation,
        uidMappings,
        gidMappings,
        options,
        image.map(i ->
            new ImageVolume(i.reference(), i.userImage(), i.subPath(), idOf.apply(i.reference()))),
        relabel);
  }
}
