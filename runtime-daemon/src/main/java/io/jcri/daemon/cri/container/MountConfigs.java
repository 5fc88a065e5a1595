package io.jcri.daemon.cri.container;

import static io.jcri.daemon.core.JcriException.invalid;

import io.jcri.cri.v1.ContainerConfig;
import io.jcri.cri.v1.Mount;
import io.jcri.cri.v1.MountPropagation;
import io.jcri.daemon.container.ImageVolume;
import io.jcri.daemon.container.MountOptions;
import io.jcri.daemon.container.VolumeMount;
import io.jcri.daemon.cri.pod.PodConfigs;
import io.jcri.oci.runtime.BindMounts.Propagation;
import io.jcri.oci.spec.IdMapping;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads and checks a container's mounts; what contradicts itself is refused by container path. */
final class MountConfigs {
  private MountConfigs() {}

  static List<VolumeMount> read(ContainerConfig config) {
    List<VolumeMount> mounts = new ArrayList<>();
    for (Mount mount : config.getMountsList()) {
      mounts.add(read(mount));
    }
    return mounts;
  }

  private static VolumeMount read(Mount mount) {
    String where = "config.mounts: " + mount.getContainerPath();
    if (!mount.getContainerPath().startsWith("/")) {
      throw invalid("config.mounts.container_path must be absolute: " + where);
    }
    if (Path.of(mount.getContainerPath()).normalize().getNameCount() == 0) {
      throw invalid(where + ": nothing can be mounted over the container's root");
    }
    if (!mount.hasImage() && !mount.getHostPath().startsWith("/")) {
      throw invalid(where + ": host_path must be absolute: " + mount.getHostPath());
    }
    if (!mount.hasImage() && !mount.getImageSubPath().isEmpty()) {
      throw invalid(where + ": image_sub_path needs an image");
    }
    if (mount.getRecursiveReadOnly() && !mount.getReadonly()) {
      throw invalid(where + ": recursive_read_only needs readonly");
    }
    if (mount.getRecursiveReadOnly()
        && mount.getPropagation() != MountPropagation.PROPAGATION_PRIVATE) {
      throw invalid(where + ": recursive_read_only needs private propagation");
    }
    if (mount.getUidMappingsCount() == 0 != (mount.getGidMappingsCount() == 0)) {
      throw invalid(where + ": uidMappings and gidMappings need one another");
    }
    MountOptions.check(where + ": mount_options", mount.getMountOptionsList());
    return new VolumeMount(
        mount.getContainerPath(),
        mount.getHostPath(),
        mount.getReadonly(),
        mount.getRecursiveReadOnly(),
        propagation(mount, where),
        PodConfigs.mappings(mount.getUidMappingsList(), where + ": uidMappings", IdMapping::new),
        PodConfigs.mappings(mount.getGidMappingsList(), where + ": gidMappings", IdMapping::new),
        mount.getMountOptionsList(),
        image(mount, where),
        mount.getSelinuxRelabel());
  }

  /** An image volume can only be read, and the kubelet says so of each. */
  private static Optional<ImageVolume> image(Mount mount, String where) {
    if (!mount.hasImage()) {
      return Optional.empty();
    }
    if (mount.getImage().getImage().isEmpty()) {
      throw invalid(where + ": image.image must not be empty");
    }
    if (!mount.getHostPath().isEmpty()) {
      throw invalid(where + ": host_path and image exclude one another");
    }
    if (mount.getPropagation() != MountPropagation.PROPAGATION_PRIVATE) {
      throw invalid(where + ": an image volume has private propagation");
    }
    if (!mount.getReadonly()) {
      throw invalid(where + ": an image volume needs readonly");
    }
    return Optional.of(
        new ImageVolume(
            mount.getImage().getImage(),
            mount.getImage().getUserSpecifiedImage(),
            mount.getImageSubPath(),
            Optional.empty()));
  }

  private static Propagation propagation(Mount mount, String where) {
    return switch (mount.getPropagation()) {
      case PROPAGATION_PRIVATE -> Propagation.PRIVATE;
      case PROPAGATION_HOST_TO_CONTAINER -> Propagation.HOST_TO_CONTAINER;
      case PROPAGATION_BIDIRECTIONAL -> Propagation.BIDIRECTIONAL;
      case UNRECOGNIZED -> throw invalid(where + ": propagation has an unknown value");
    };
  }
}
