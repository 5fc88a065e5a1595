package io.jcri.daemon.container;

import io.jcri.daemon.core.Layout;
import io.jcri.daemon.core.Stages;
import io.jcri.daemon.image.RootFilesystems;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.security.SelinuxLabels;
import io.jcri.oci.image.Image;
import io.jcri.oci.image.ImageConfig;
import io.jcri.oci.spec.ContainerSpec;
import io.jcri.oci.spec.SpecWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One container in the making: what one action leaves for the next. Closed once the container is
 * visible or given up: until then no plugin joins.
 *
 * <p>Used by one thread, which holds the container's lock.
 */
final class ContainerMaking implements AutoCloseable {
  private final Pod pod;
  private final Container container;
  private final RootFilesystems rootFilesystems;
  private final SpecAssembly specs;
  private final ContainerHooks hooks;
  private final Layout layout;
  private final Stages stages;
  private Optional<SelinuxLabels> labels = Optional.empty();
  private @Nullable Path rootfs;
  private ContainerHooks.@Nullable Step step;
  private @Nullable ContainerSpec asked;
  private @Nullable ContainerSpec spec;

  ContainerMaking(
      Pod pod,
      Container container,
      RootFilesystems rootFilesystems,
      SpecAssembly specs,
      ContainerHooks hooks,
      Layout layout,
      Stages stages) {
    this.pod = pod;
    this.container = container;
    this.rootFilesystems = rootFilesystems;
    this.specs = specs;
    this.hooks = hooks;
    this.layout = layout;
    this.stages = stages;
  }

  void mountRoot(Image image, Optional<SelinuxLabels> known) throws IOException {
    labels = known;
    rootfs =
        rootFilesystems.prepare(
            container.id(),
            image,
            ContainerCreation.userNamespace(pod),
            labels.map(SelinuxLabels::mount));
    stages.done("snapshot");
  }

  void writeConfig(ImageConfig fromImage) throws IOException {
    ContainerSpec assembled =
        specs.assemble(pod, container, fromImage, Objects.requireNonNull(rootfs), labels);
    stages.done("spec");
    asked = assembled;
    ContainerHooks.Step begun = hooks.step();
    step = begun;
    ContainerSpec adjusted = begun.create(pod, container, assembled);
    spec = adjusted;
    Path bundle = Files.createDirectories(layout.bundle(container.id()));
    Files.write(bundle.resolve("config.json"), SpecWriter.toJson(adjusted));
  }

  /** What was made of the request, for the record. */
  Container made(Container recorded) {
    ContainerSpec made = Objects.requireNonNull(spec);
    return adjusted(recorded, Objects.requireNonNull(asked), made).withMade(made.process());
  }

  /** Limits that are not the kubelet's are the container's all the same: its status tells them. */
  private static Container adjusted(Container container, ContainerSpec asked, ContainerSpec spec) {
    if (spec.resources().equals(asked.resources())) {
      return container;
    }
    return container.withConfig(
        container
            .config()
            .withResources(
                spec.resources().toBuilder().devices(List.of()).build(),
                spec.process().oomScoreAdj()));
  }

  void announce(Container created) {
    Objects.requireNonNull(step).created(created);
  }

  @Override
  public void close() {
    if (step != null) {
      step.close();
    }
  }
}
