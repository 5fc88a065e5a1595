package io.jcri.daemon.nri;

import io.jcri.daemon.container.Container;
import io.jcri.daemon.core.Layout;
import io.jcri.daemon.pod.Pod;
import io.jcri.nri.v1alpha1.NriApi;
import io.jcri.nri.v1alpha1.NriApi.ContainerState;
import io.jcri.oci.OciException;
import io.jcri.oci.spec.ContainerSpec;
import io.jcri.oci.spec.SpecWriter;
import io.jcri.sandbox.SandboxState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Pods and containers in NRI's words. Thread-safe. */
final class ObjectMessages {
  private static final Logger log = LoggerFactory.getLogger(ObjectMessages.class);

  private final Layout layout;

  ObjectMessages(Layout layout) {
    this.layout = layout;
  }

  static NriApi.PodSandbox pod(Pod pod) {
    NriApi.PodSandbox.Builder message =
        NriApi.PodSandbox.newBuilder()
            .setId(pod.id())
            .setName(pod.config().metadata().name())
            .setUid(pod.config().metadata().uid())
            .setNamespace(pod.config().metadata().namespace())
            .putAllLabels(pod.config().labels())
            .putAllAnnotations(pod.config().annotations())
            .setRuntimeHandler(pod.config().runtimeHandler())
            .addAllIps(pod.ips());
    NriApi.LinuxPodSandbox.Builder linux =
        message.getLinuxBuilder().setCgroupParent(pod.config().cgroupParent());
    pod.cgroupPath().ifPresent(linux::setCgroupsPath);
    pod.config()
        .resources()
        .ifPresent(resources ->
            linux
                .setPodOverhead(Limits.message(resources.overhead()))
                .setPodResources(Limits.message(resources.total())));
    pod.sandbox()
        .ifPresent(sandbox -> {
          message.setPid(sandbox.pause().pid());
          namespaces(linux, sandbox);
        });
    return message.build();
  }

  /** A namespace whose pin has gone is not told of: a plugin would look for it. */
  private static void namespaces(NriApi.LinuxPodSandbox.Builder linux, SandboxState sandbox) {
    namespace(linux, "network", sandbox.netns());
    namespace(linux, "ipc", sandbox.ipcns());
    namespace(linux, "uts", sandbox.utsns());
    namespace(linux, "pid", sandbox.pidns());
    namespace(linux, "user", sandbox.userns());
  }

  private static void namespace(
      NriApi.LinuxPodSandbox.Builder linux, String type, Optional<Path> pin) {
    pin.filter(Files::exists)
        .ifPresent(path ->
            linux.addNamespaces(
                NriApi.LinuxNamespace.newBuilder().setType(type).setPath(path.toString())));
  }

  /** A container that was made: the rest is in its config.json. */
  NriApi.Container container(Container container) {
    Path config = layout.bundle(container.id()).resolve("config.json");
    try {
      return container(container, SpecWriter.read(Files.readAllBytes(config)));
    } catch (NoSuchFileException gone) {
      return bare(container).build(); // removed, or of before a reboot
    } catch (IOException | OciException e) {
      log.warn("{} can't be read for NRI: {}", config, e.getMessage());
      return bare(container).build();
    }
  }

  static NriApi.Container container(Container container, ContainerSpec spec) {
    NriApi.Container.Builder message = bare(container);
    SpecMessages.fill(message, spec);
    // Later entries win: the kubelet's own annotations, not those for the OCI runtime.
    return message.putAllAnnotations(container.config().annotations()).build();
  }

  private static NriApi.Container.Builder bare(Container container) {
    NriApi.Container.Builder message =
        NriApi.Container.newBuilder()
            .setId(container.id())
            .setPodSandboxId(container.podId())
            .setName(container.config().name())
            .setState(state(container))
            .putAllLabels(container.config().labels())
            .putAllAnnotations(container.config().annotations())
            .setCreatedAt(container.createdAt())
            .setStartedAt(container.startedAt())
            .setImage(image(container.image()));
    container.init().filter(pid -> container.running()).ifPresent(message::setPid);
    seccomp(container).ifPresent(message.getLinuxBuilder()::setSeccompProfile);
    container
        .exit()
        .ifPresent(exit ->
            message
                .setFinishedAt(exit.at())
                .setExitCode(exit.code())
                .setStatusReason(exit.reason())
                .setStatusMessage(exit.message()));
    return message;
  }

  private static NriApi.Image image(Container.ImageIdentity image) {
    String reference = image.reference();
    return NriApi.Image.newBuilder()
        .setName(image.name())
        .setDigest(reference.substring(reference.indexOf('@') + 1))
        .setConfigDigest(image.id())
        .build();
  }

  private static Optional<NriApi.SecurityProfile> seccomp(Container container) {
    if (container.config().security().privileged()) {
      return Optional.empty();
    }
    var profile = container.config().security().seccomp();
    return Optional.of(
        NriApi.SecurityProfile.newBuilder()
            .setProfileType(
                switch (profile.type()) {
                  case RUNTIME_DEFAULT -> NriApi.SecurityProfile.ProfileType.RUNTIME_DEFAULT;
                  case UNCONFINED -> NriApi.SecurityProfile.ProfileType.UNCONFINED;
                  case LOCALHOST -> NriApi.SecurityProfile.ProfileType.LOCALHOST;
                })
            .setLocalhostRef(profile.localhostRef())
            .build());
  }

  private static ContainerState state(Container container) {
    return switch (container.phase()) {
      case CREATING, UNKNOWN -> ContainerState.CONTAINER_UNKNOWN;
      case CREATED -> ContainerState.CONTAINER_CREATED;
      case RUNNING -> ContainerState.CONTAINER_RUNNING;
      case EXITED -> ContainerState.CONTAINER_STOPPED;
    };
  }
}
