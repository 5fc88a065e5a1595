package io.jcri.daemon.container;

import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.image.RootFilesystems;
import io.jcri.daemon.pod.Pod;
import io.jcri.oci.file.VolumeLimits;
import io.jcri.oci.spec.ContainerMount;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The volumes that an image declares ({@code VOLUME} of a Dockerfile): a directory of the
 * container's own at each place, with what the image has there. Statuses don't tell of them, as
 * containerd's don't.
 */
public final class DeclaredVolumes {
  private static final Logger log = LoggerFactory.getLogger(DeclaredVolumes.class);

  private final RootFilesystems rootFilesystems;
  private final Relabel relabel;

  public DeclaredVolumes(RootFilesystems rootFilesystems, Relabel relabel) {
    this.rootFilesystems = rootFilesystems;
    this.relabel = relabel;
  }

  /**
   * Makes the directories, and tells how the runtime is to show them.
   *
   * @param declared by the image
   * @param defaults what every container has mounted
   * @param label the container's SELinux label for files
   * @throws JcriException FAILED_PRECONDITION for more volumes than a container may have
   */
  List<ContainerMount> make(
      Pod pod,
      Container container,
      Set<String> declared,
      List<ContainerMount> defaults,
      Optional<String> label)
      throws IOException {
    if (declared.isEmpty() || !rootFilesystems.makesVolumes()) {
      return List.of();
    }
    if (declared.size() > VolumeLimits.MAX_VOLUMES) {
      throw JcriException.precondition(
          "image %s declares %d volumes but a container may have %d; images.volumes = \"ignore\" in the configuration does without them"
              .formatted(container.image().id(), declared.size(), VolumeLimits.MAX_VOLUMES));
    }
    VolumePlaces places =
        VolumePlaces.of(
            declared,
            defaults.stream().map(ContainerMount::destination).collect(Collectors.toSet()),
            container.config().mounts().stream().map(VolumeMount::containerPath).toList());
    places
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
        rootFilesystems
            .makeVolumes(container.id(), places.made(), ContainerCreation.userNamespace(pod))
            .entrySet()) {
      if (label.isPresent()) {
        relabel.apply(volume.getValue(), label.get());
      }
      mounts.add(ContainerMount.bind(volume.getValue().toString(), volume.getKey(), false));
    }
    return mounts;
  }
}
