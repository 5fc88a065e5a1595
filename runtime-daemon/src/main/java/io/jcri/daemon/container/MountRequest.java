package io.jcri.daemon.container;

import io.jcri.oci.runtime.BindMounts;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Something of the node that a container is to see, as data: nothing of it has been looked at or
 * made. {@link ContainerResources} carries it out.
 */
sealed interface MountRequest {
  /**
   * A directory or file of the node.
   *
   * @param options beyond those of the bind
   * @param label of SELinux that the path and all below it get; empty leaves it as it is
   */
  record HostPath(BindMounts.Request bind, List<String> options, Optional<String> label)
      implements MountRequest {
    public HostPath {
      options = List.copyOf(options);
    }
  }

  /**
   * An image, mounted for this container only.
   *
   * @param number among all that the container asks for, which makes its key the same after a
   *     restart
   * @param options beyond those of the bind
   * @param label of SELinux that all its files show
   */
  record OfImage(
      int number,
      ImageVolume volume,
      String containerPath,
      List<String> options,
      Optional<String> label)
      implements MountRequest {
    public OfImage {
      options = List.copyOf(options);
    }
  }

  /** The time zone of the day, at /etc/localtime. */
  record TimeZone() implements MountRequest {}

  /**
   * Directories of the container's own where its image declares volumes.
   *
   * @param places in the container, parents before children
   * @param leftOut what the image declares and what speaks against it
   * @param label of SELinux that the directories get
   */
  record Declared(List<String> places, Map<String, String> leftOut, Optional<String> label)
      implements MountRequest {
    public Declared {
      places = List.copyOf(places);
      leftOut = Map.copyOf(leftOut);
    }
  }
}
