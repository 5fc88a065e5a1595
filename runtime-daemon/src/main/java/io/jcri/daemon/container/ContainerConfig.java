package io.jcri.daemon.container;

import io.jcri.oci.spec.LinuxResources;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * What the kubelet asked for ({@code ContainerConfig}), validated and immutable.
 *
 * @param name with the attempt, unique within the pod
 * @param imageSpec the image as the caller named it ({@code ImageSpec.image})
 * @param userImage the image as the pod's author named it, empty when not given
 * @param imageAnnotations what the caller says of the image ({@code ImageSpec.annotations}), given
 *     back to who asks
 * @param imageHandler the handler that the image was pulled for ({@code
 *     ImageSpec.runtime_handler}), empty when not given. Not told in lists: all handlers share the
 *     node's images, and the kubelet would take one of another handler for unused
 * @param environment {@code NAME=value}, in order
 * @param cdiDevices full names of CDI devices, each once
 * @param logPath relative to the pod's log directory; empty disables the log
 * @param oomScoreAdj the badness bias asked for
 * @param stopSignal {@code SIGTERM} and the like, empty for the image's or the default
 */
public record ContainerConfig(
    String name,
    int attempt,
    String imageSpec,
    String userImage,
    Map<String, String> imageAnnotations,
    Optional<String> imageHandler,
    List<String> command,
    List<String> arguments,
    String workingDirectory,
    List<String> environment,
    List<VolumeMount> mounts,
    List<ContainerDevice> devices,
    List<String> cdiDevices,
    Map<String, String> labels,
    Map<String, String> annotations,
    String logPath,
    boolean stdin,
    boolean stdinOnce,
    boolean tty,
    LinuxResources resources,
    int oomScoreAdj,
    SecurityContext security,
    String stopSignal) {

  public ContainerConfig {
    imageAnnotations = Map.copyOf(imageAnnotations);
    command = List.copyOf(command);
    arguments = List.copyOf(arguments);
    environment = List.copyOf(environment);
    mounts = List.copyOf(mounts);
    devices = List.copyOf(devices);
    cdiDevices = List.copyOf(cdiDevices);
    labels = Map.copyOf(labels);
    annotations = Map.copyOf(annotations);
  }

  /** One of which nothing else is known any more. */
  static ContainerConfig unknown(
      String name, String imageSpec, Map<String, String> labels, Map<String, String> annotations) {
    return new ContainerConfig(
        name,
        0,
        imageSpec,
        "",
        Map.of(),
        Optional.empty(),
        List.of(),
        List.of(),
        "",
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        labels,
        annotations,
        "",
        false,
        false,
        false,
        LinuxResources.NONE,
        0,
        SecurityContext.UNKNOWN,
        "");
  }

  /** The same with other limits; an empty score stays. */
  ContainerConfig withResources(LinuxResources changed, Optional<Integer> score) {
    return with(command, arguments, environment, mounts, changed, score.orElse(oomScoreAdj));
  }

  /**
   * The same with the IDs of its image volumes: a name may mean another image tomorrow.
   *
   * @param idOf the ID that a reference means now, empty when there is no such image
   */
  ContainerConfig withImageIds(Function<String, Optional<String>> idOf) {
    return with(
        command,
        arguments,
        environment,
        mounts.stream().map(mount -> mount.withImageId(idOf)).toList(),
        resources,
        oomScoreAdj);
  }

  /** The same without its environment, which is in the process that was made of it. */
  ContainerConfig withoutEnvironment() {
    return with(command, arguments, List.of(), mounts, resources, oomScoreAdj);
  }

  /** The same without all that it runs. */
  ContainerConfig withoutCommand() {
    return with(List.of(), List.of(), List.of(), mounts, resources, oomScoreAdj);
  }

  private ContainerConfig with(
      List<String> command,
      List<String> arguments,
      List<String> environment,
      List<VolumeMount> mounts,
      LinuxResources resources,
      int score) {
    return new ContainerConfig(
        name,
        attempt,
        imageSpec,
        userImage,
        imageAnnotations,
        imageHandler,
        command,
        arguments,
        workingDirectory,
        environment,
        mounts,
        devices,
        cdiDevices,
        labels,
        annotations,
        logPath,
        stdin,
        stdinOnce,
        tty,
        resources,
        score,
        security,
        stopSignal);
  }
}
