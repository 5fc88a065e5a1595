package io.jcri.daemon.nri;

import io.jcri.daemon.core.JcriException;
import io.jcri.nri.v1alpha1.NriApi;
import io.jcri.nri.v1alpha1.NriApi.ContainerEviction;
import io.jcri.nri.v1alpha1.NriApi.ContainerUpdate;
import io.jcri.nri.v1alpha1.NriApi.Event;
import io.jcri.nri.v1alpha1.NriApi.UpdateContainerRequest;
import io.jcri.nri.v1alpha1.NriApi.UpdateContainerResponse;
import io.jcri.oci.spec.LinuxResources;
import java.util.ArrayList;
import java.util.List;

/** One update of a container's limits going round: every plugin is asked. Not thread-safe. */
final class UpdateTurn {
  private final Plugins plugins;
  private final NriApi.PodSandbox pod;
  private final NriApi.Container container;
  private final LinuxResources asked;
  private final NriApi.LinuxResources.Builder seen;
  private final Updates updates = new Updates(new AdjustmentOwners(), "");
  private final List<ContainerEviction> evictions = new ArrayList<>();

  UpdateTurn(
      Plugins plugins, NriApi.PodSandbox pod, NriApi.Container container, LinuxResources asked) {
    this.plugins = plugins;
    this.pod = pod;
    this.container = container;
    this.asked = asked;
    this.seen = Limits.message(asked);
  }

  /**
   * Goes round. The next plugin sees what those before it have made of the update.
   *
   * @throws JcriException naming who refused, or who clashed
   */
  void run() {
    List<Plugin> _ =
        plugins.each(
            Event.UPDATE_CONTAINER,
            plugin -> {
              UpdateContainerRequest request =
                  UpdateContainerRequest.newBuilder()
                      .setPod(pod)
                      .setContainer(container)
                      .setLinuxResources(seen)
                      .build();
              UpdateContainerResponse reply =
                  plugin.ask(Event.UPDATE_CONTAINER, request, UpdateContainerResponse.parser());
              updates.take(reply.getUpdateList(), plugin.name());
              evictions.addAll(reply.getEvictList());
              ResourceMerge.overlay(seen, updates.of(container.getId()));
            });
  }

  /** What is to change now, as far as this container is concerned. */
  LinuxResources wanted() {
    return asked.updatedBy(Limits.read(updates.of(container.getId()), "plugins"));
  }

  List<ContainerUpdate> updatesOfOthers() {
    return updates.ofOthers(container.getId());
  }

  List<ContainerEviction> evictions() {
    return evictions;
  }
}
