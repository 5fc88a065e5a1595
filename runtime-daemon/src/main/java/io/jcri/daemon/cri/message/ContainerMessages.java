package io.jcri.daemon.cri.message;

import io.jcri.cri.v1.ContainerMetadata;
import io.jcri.cri.v1.ContainerResources;
import io.jcri.cri.v1.ContainerState;
import io.jcri.cri.v1.ContainerUser;
import io.jcri.cri.v1.ImageSpec;
import io.jcri.cri.v1.LinuxContainerUser;
import io.jcri.cri.v1.Mount;
import io.jcri.cri.v1.MountPropagation;
import io.jcri.daemon.container.Container;
import io.jcri.daemon.container.UnreadableContainer;
import io.jcri.daemon.container.VolumeMount;
import io.jcri.oci.spec.IdMapping;
import io.jcri.oci.spec.ProcessUser;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Containers as CRI tells of them. */
public final class ContainerMessages {
  private ContainerMessages() {}

  public static io.jcri.cri.v1.Container row(Container container) {
    return io.jcri.cri.v1.Container.newBuilder()
        .setId(container.id())
        .setPodSandboxId(container.podId())
        .setMetadata(metadata(container))
        .setImage(image(container.config().imageSpec(), container))
        .setImageRef(container.image().reference())
        .setImageId(container.image().id())
        .setState(state(container))
        .setCreatedAt(container.createdAt())
        .putAllLabels(container.config().labels())
        .putAllAnnotations(container.config().annotations())
        .build();
  }

  public static io.jcri.cri.v1.ContainerStatus status(Container container) {
    io.jcri.cri.v1.ContainerStatus.Builder status =
        io.jcri.cri.v1.ContainerStatus.newBuilder()
            .setId(container.id())
            .setMetadata(metadata(container))
            .setState(state(container))
            .setCreatedAt(container.createdAt())
            .setStartedAt(container.startedAt())
            .setImage(image(container.image().name(), container))
            .setImageRef(container.image().reference())
            .setImageId(container.image().id())
            .putAllLabels(container.config().labels())
            .putAllAnnotations(container.config().annotations())
            .setLogPath(container.logFile())
            .setResources(
                ContainerResources.newBuilder()
                    .setLinux(
                        Resources.message(
                            container.config().resources(), container.config().oomScoreAdj())))
            .setStopSignal(Signals.of(container.stopSignal()));
    container.process().ifPresent(process -> status.setUser(user(process.user())));
    container.config().mounts().forEach(mount -> status.addMounts(mount(mount)));
    UnreadableContainer.why(container)
        .ifPresent(why -> status.setReason("RecordUnreadable").setMessage(why));
    container
        .exit()
        .ifPresent(exit ->
            status
                .setFinishedAt(exit.at())
                .setExitCode(exit.code())
                .setReason(exit.reason())
                .setMessage(exit.message()));
    return status.build();
  }

  /**
   * The statuses of a pod's containers, newest first. Of those with one name the kubelet takes the
   * first for the current one when a status has a timestamp: it sorts only what it asked for one by
   * one.
   */
  public static List<io.jcri.cri.v1.ContainerStatus> statuses(Collection<Container> containers) {
    return containers.stream()
        .sorted(
            Comparator.comparingLong(Container::createdAt)
                .thenComparingInt(container -> container.config().attempt())
                .reversed())
        .map(ContainerMessages::status)
        .toList();
  }

  public static ContainerState state(Container container) {
    return switch (container.phase()) {
      case CREATING, CREATED -> ContainerState.CONTAINER_CREATED;
      case RUNNING -> ContainerState.CONTAINER_RUNNING;
      case EXITED -> ContainerState.CONTAINER_EXITED;
      case UNKNOWN -> ContainerState.CONTAINER_UNKNOWN;
    };
  }

  private static ImageSpec.Builder image(String name, Container container) {
    return ImageSpec.newBuilder()
        .setImage(name)
        .setUserSpecifiedImage(container.config().userImage())
        .putAllAnnotations(container.config().imageAnnotations());
  }

  private static ContainerMetadata metadata(Container container) {
    return ContainerMetadata.newBuilder()
        .setName(container.config().name())
        .setAttempt(container.config().attempt())
        .build();
  }

  private static ContainerUser user(ProcessUser user) {
    return ContainerUser.newBuilder()
        .setLinux(
            LinuxContainerUser.newBuilder()
                .setUid(user.uid())
                .setGid(user.gid())
                .addAllSupplementalGroups(user.additionalGids()))
        .build();
  }

  private static Mount mount(VolumeMount mount) {
    Mount.Builder message = Mount.newBuilder();
    mount
        .image()
        .ifPresent(image ->
            message
                .setImage(
                    ImageSpec.newBuilder()
                        .setImage(image.reference())
                        .setUserSpecifiedImage(image.userImage())
                        .setImageRef(image.id().orElse("")))
                .setImageSubPath(image.subPath()));
    return message
        .setContainerPath(mount.containerPath())
        .setHostPath(mount.hostPath())
        .setReadonly(mount.readOnly())
        .setRecursiveReadOnly(mount.recursiveReadOnly())
        .setPropagation(
            switch (mount.propagation()) {
              case PRIVATE -> MountPropagation.PROPAGATION_PRIVATE;
              case HOST_TO_CONTAINER -> MountPropagation.PROPAGATION_HOST_TO_CONTAINER;
              case BIDIRECTIONAL -> MountPropagation.PROPAGATION_BIDIRECTIONAL;
            })
        .addAllUidMappings(mappings(mount.uidMappings()))
        .addAllGidMappings(mappings(mount.gidMappings()))
        .addAllMountOptions(mount.options())
        .setSelinuxRelabel(mount.relabel())
        .build();
  }

  private static List<io.jcri.cri.v1.IDMapping> mappings(List<IdMapping> mappings) {
    return mappings.stream()
        .map(m -> PodMessages.mapping(m.containerId(), m.hostId(), m.size()))
        .toList();
  }
}
