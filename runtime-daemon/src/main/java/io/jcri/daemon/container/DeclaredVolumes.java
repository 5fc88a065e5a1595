package io.jcri.daemon.container;

import io.jcri.daemon.image.RootFilesystems;
import io.jcri.daemon.image.RootFilesystems.UserNamespace;
import io.jcri.oci.spec.ContainerMount;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The volumes that an image declares ({@code VOLUME} of a Dockerfile): a directory of the
 * container's own at each place, with what the image has there. They go with the container's root
 * file system. Statuses don't tell of them, as containerd's don't.
 */
final class DeclaredVolumes {
  private static final Logger log = LoggerFactory.getLogger(DeclaredVolumes.class);

  private final RootFilesystems rootFilesystems;
  private final Relabel relabel;

  DeclaredVolumes(RootFilesystems rootFilesystems, Relabel relabel) {
    this.rootFilesystems = rootFilesystems;
    this.relabel = relabel;
  }

  /**
   * Makes the directories, and tells how the runtime is to show them.
   *
   * @param user the user namespace whose root owns them, empty for the host's
   */
  List<ContainerMount> make(
      Container container, MountRequest.Declared request, Optional<UserNamespace> user)
      throws IOException {
    request
        .leftOut()
        .forEach((volume, why) ->
            log.warn(
                "volume \"{}\" of image {} is left out for container {}: {}",
                volume,
                container.image().id(),
                container.id(),
                why));
    List<ContainerMount> mounts = new ArrayList<>();
    for (Map.Entry<String, Path> volume :
        rootFilesystems.makeVolumes(container.id(), request.places(), user).entrySet()) {
      if (request.label().isPresent()) {
        relabel.apply(volume.getValue(), request.label().get());
      }
      mounts.add(ContainerMount.bind(volume.getValue().toString(), volume.getKey(), false));
    }
    return mounts;
  }
}
