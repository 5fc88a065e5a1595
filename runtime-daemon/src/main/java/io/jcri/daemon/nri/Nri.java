package io.jcri.daemon.nri;

import io.jcri.daemon.config.DaemonConfig;
import io.jcri.daemon.container.CdiInjection;
import io.jcri.daemon.container.Container;
import io.jcri.daemon.container.ContainerHooks;
import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.core.Layout;
import io.jcri.daemon.nri.ttrpc.TtrpcException;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.pod.PodHooks;
import io.jcri.daemon.pod.PodResources;
import io.jcri.nri.v1alpha1.NriApi;
import io.jcri.nri.v1alpha1.NriApi.Event;
import io.jcri.oci.runtime.CgroupSupport;
import io.jcri.oci.spec.ContainerSpec;
import io.jcri.oci.spec.LinuxResources;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks and tells plugins of what happens to pods and containers. While none is connected a call is
 * a look at an empty list. Thread-safe.
 */
public final class Nri implements PodHooks, ContainerHooks {
  private static final Logger log = LoggerFactory.getLogger(Nri.class);

  private final Plugins plugins = new Plugins();
  private final Announced pods = new Announced();
  private final Announced containers = new Announced();
  private final ObjectMessages messages;
  private final SpecAdjuster adjuster;
  private final CdiInjection cdi;
  private final Validation validation;
  private volatile Optional<NodeObjects> node = Optional.empty();

  /**
   * NRI without plugins; {@link NriServer} lets them in.
   *
   * @param cdi how CDI devices that plugins name get into a specification
   */
  public Nri(
      Supplier<DaemonConfig.Nri> config, Layout layout, CgroupSupport cgroups, CdiInjection cdi) {
    this.messages = new ObjectMessages(layout);
    this.adjuster = new SpecAdjuster(cgroups);
    this.cdi = cdi;
    this.validation = new Validation(config);
  }

  /** Before this nothing can be changed for plugins, and none may join. */
  void serve(NodeObjects objects) {
    node = Optional.of(objects);
  }

  Plugins plugins() {
    return plugins;
  }

  /**
   * Introduces a plugin to all there is.
   *
   * @param timeout for steps under way to end, and for each message to the plugin
   * @return what it wants updated
   */
  List<NriApi.ContainerUpdate> join(Plugin plugin, Duration timeout) throws TtrpcException {
    NodeObjects objects = node.orElseThrow();
    return plugins.join(
        plugin,
        timeout,
        p -> {
          var allPods = objects.pods();
          var allContainers =
              objects.containers().stream()
                  .filter(c ->
                      switch (c.phase()) {
                        case CREATED, RUNNING -> true;
                        case CREATING, EXITED, UNKNOWN -> false;
                      })
                  .toList();
          allPods.forEach(pod -> pods.listed(pod.id(), pod.ready()));
          allContainers.forEach(container -> containers.listed(container.id(), true));
          return Synchronization.run(
              p,
              allPods.stream().map(ObjectMessages::pod).toList(),
              allContainers.stream().map(messages::container).toList(),
              timeout);
        });
  }

  @Override
  public void run(Pod pod, Runnable announce) {
    plugins.enterStep();
    try {
      if (!plugins.isEmpty()) {
        pods.begun(pod.id());
        List<Plugin> _ = plugins.each(Event.RUN_POD_SANDBOX, tell(Event.RUN_POD_SANDBOX, pod));
      }
      announce.run();
    } finally {
      plugins.leaveStep();
    }
  }

  @Override
  public void stop(Pod pod) {
    if (plugins.isEmpty()) {
      boolean _ = pods.stop(pod.id());
      return;
    }
    plugins.exclusively(() -> stopTold(pod));
  }

  private void stopTold(Pod pod) {
    if (pods.stop(pod.id())) {
      plugins.eachAnyway(Event.STOP_POD_SANDBOX, tell(Event.STOP_POD_SANDBOX, pod));
    }
  }

  @Override
  public void remove(Pod pod) {
    if (plugins.isEmpty()) {
      boolean _ = pods.forget(pod.id());
      return;
    }
    plugins.exclusively(() -> {
      stopTold(pod);
      if (pods.forget(pod.id())) {
        plugins.eachAnyway(Event.REMOVE_POD_SANDBOX, tell(Event.REMOVE_POD_SANDBOX, pod));
      }
    });
  }

  @Override
  public void update(Pod pod, PodResources next) {
    if (plugins.isEmpty()) {
      return;
    }
    NriApi.UpdatePodSandboxRequest request =
        NriApi.UpdatePodSandboxRequest.newBuilder()
            .setPod(ObjectMessages.pod(pod))
            .setOverheadLinuxResources(Limits.message(next.overhead()))
            .setLinuxResources(Limits.message(next.total()))
            .build();
    List<Plugin> _ =
        plugins.each(
            Event.UPDATE_POD_SANDBOX,
            plugin -> {
              NriApi.UpdatePodSandboxResponse _ =
                  plugin.ask(
                      Event.UPDATE_POD_SANDBOX, request, NriApi.UpdatePodSandboxResponse.parser());
            });
  }

  @Override
  public void updated(Pod pod) {
    if (!plugins.isEmpty()) {
      plugins.eachAnyway(Event.POST_UPDATE_POD_SANDBOX, tell(Event.POST_UPDATE_POD_SANDBOX, pod));
    }
  }

  /** What plugins want of other containers is done before this one changes. */
  @Override
  public LinuxResources update(Container container, LinuxResources asked) {
    if (plugins.isEmpty()) {
      return asked;
    }
    UpdateTurn turn =
        new UpdateTurn(plugins, podOf(container), messages.container(container), asked);
    turn.run();
    changes().evict(turn.evictions(), "plugins");
    List<NriApi.ContainerUpdate> _ = changes().update(turn.updatesOfOthers(), "plugins");
    return turn.wanted();
  }

  @Override
  public void updated(Container container) {
    tell(Event.POST_UPDATE_CONTAINER, container, false);
  }

  @Override
  public Step step() {
    plugins.enterStep();
    return new NriStep(this);
  }

  @Override
  public void stopped(Container container) {
    if (plugins.isEmpty()) {
      boolean _ = containers.stop(container.id());
      return;
    }
    plugins.exclusively(() -> stopTold(container));
  }

  /** What plugins want updated is done in the background: the caller may hold locks. */
  private void stopTold(Container container) {
    if (!containers.stop(container.id())) {
      return;
    }
    Updates updates = new Updates(new AdjustmentOwners(), "");
    NriApi.StopContainerRequest request =
        NriApi.StopContainerRequest.newBuilder()
            .setPod(podOf(container))
            .setContainer(messages.container(container))
            .build();
    plugins.eachAnyway(
        Event.STOP_CONTAINER,
        plugin -> {
          NriApi.StopContainerResponse reply =
              plugin.ask(Event.STOP_CONTAINER, request, NriApi.StopContainerResponse.parser());
          try {
            updates.take(reply.getUpdateList(), plugin.name());
          } catch (JcriException e) {
            log.warn("after the end of container {}: {}", container.id(), e.getMessage());
          }
        });
    if (!updates.ofOthers().isEmpty()) {
      Thread.ofVirtual()
          .name("nri updates")
          .start(() -> {
            List<NriApi.ContainerUpdate> _ = changes().update(updates.ofOthers(), "plugins");
          });
    }
  }

  @Override
  public void removed(Container container) {
    if (plugins.isEmpty()) {
      boolean _ = containers.forget(container.id());
      return;
    }
    plugins.exclusively(() -> {
      stopTold(container);
      if (containers.forget(container.id())) {
        plugins.eachAnyway(Event.REMOVE_CONTAINER, tell(Event.REMOVE_CONTAINER, container));
      }
    });
  }

  /** Asks plugins what a container shall be. */
  ContainerSpec create(Pod pod, Container container, ContainerSpec spec, NriStep step) {
    if (plugins.isEmpty()) {
      validation.required(pod, container.config().name(), List.of());
      return spec;
    }
    containers.begun(container.id());
    CreationTurn turn = new CreationTurn(plugins, validation, pod, container, spec);
    plugins.exclusively(turn::run);
    step.after(turn.creation());
    return adjuster.adjust(
        spec, turn.creation().adjustment(), (base, names) -> cdi.inject(pod, names, base));
  }

  /** Tells of something that a plugin may refuse, or only hear of. */
  void tell(Event event, Container container, boolean refusable) {
    if (plugins.isEmpty()) {
      return;
    }
    if (event == Event.START_CONTAINER) {
      containers.begun(container.id());
    }
    Plugins.Turn turn = tell(event, container);
    if (refusable) {
      List<Plugin> _ = plugins.each(event, turn);
    } else {
      plugins.eachAnyway(event, turn);
    }
  }

  Changes changes() {
    return new Changes(node.orElseThrow());
  }

  private static Plugins.Turn tell(Event event, Pod pod) {
    NriApi.StateChangeEvent change =
        NriApi.StateChangeEvent.newBuilder()
            .setEvent(event)
            .setPod(ObjectMessages.pod(pod))
            .build();
    return plugin -> plugin.tell(change);
  }

  private Plugins.Turn tell(Event event, Container container) {
    NriApi.StateChangeEvent change =
        NriApi.StateChangeEvent.newBuilder()
            .setEvent(event)
            .setPod(podOf(container))
            .setContainer(messages.container(container))
            .build();
    return plugin -> plugin.tell(change);
  }

  private NriApi.PodSandbox podOf(Container container) {
    return node.flatMap(objects -> objects.pod(container.podId()))
        .map(ObjectMessages::pod)
        .orElseGet(() -> NriApi.PodSandbox.newBuilder().setId(container.podId()).build());
  }
}
