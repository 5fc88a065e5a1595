package io.jcri.daemon.container;

import io.jcri.daemon.core.Stages;
import io.jcri.daemon.image.RootFilesystems.UserNamespace;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.security.SelinuxLabels;
import io.jcri.oci.spec.ContainerSpec;
import io.jcri.oci.spec.SpecWriter;
import java.io.IOException;
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
  private final NewContainer fresh;
  private final SpecAssembly specs;
  private final ContainerResources resources;
  private final ContainerHooks hooks;
  private final Optional<SelinuxLabels> labels;
  private final Stages stages;
  private final Optional<UserNamespace> user;
  private final UndoList acquired = new UndoList();
  private @Nullable Path rootfs;
  private ContainerHooks.@Nullable Step step;
  private @Nullable ContainerSpec asked;
  private @Nullable ContainerSpec spec;

  ContainerMaking(
      Pod pod,
      NewContainer fresh,
      SpecAssembly specs,
      ContainerResources resources,
      ContainerHooks hooks,
      Optional<SelinuxLabels> labels,
      Stages stages) {
    this.pod = pod;
    this.fresh = fresh;
    this.specs = specs;
    this.resources = resources;
    this.hooks = hooks;
    this.labels = labels;
    this.stages = stages;
    this.user = ContainerCreation.userNamespace(pod);
  }

  void mountRoot() throws IOException {
    stages.begin("snapshot");
    rootfs =
        resources.mountRoot(
            fresh.container().id(),
            fresh.image(),
            specs.copiesRoot(pod),
            user,
            labels.map(SelinuxLabels::mount),
            acquired);
    stages.begin("spec");
  }

  /** Plans, then does what the plan says. */
  void writeConfig() throws IOException {
    Container container = fresh.container();
    ContainerPlan plan =
        specs.plan(pod, container, fresh.fromImage(), Objects.requireNonNull(rootfs), labels);
    ContainerSpec assembled =
        specs.complete(
            pod, container, plan, resources.acquire(container, plan.mounts(), user, acquired));
    stages.begin("bundle");
    asked = assembled;
    ContainerHooks.Step begun = hooks.step();
    step = begun;
    ContainerSpec adjusted = begun.create(pod, container, assembled);
    spec = adjusted;
    resources.writeBundle(container.id(), SpecWriter.toJson(adjusted), acquired);
  }

  /**
   * Lets go of all that was acquired.
   *
   * @param why gets what can't be let go as suppressed exceptions
   */
  void undo(Exception why) {
    acquired.undo(why);
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
