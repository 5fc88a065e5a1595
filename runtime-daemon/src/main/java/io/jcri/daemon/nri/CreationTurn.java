package io.jcri.daemon.nri;

import io.jcri.daemon.container.Container;
import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.nri.ttrpc.TtrpcException;
import io.jcri.daemon.pod.Pod;
import io.jcri.nri.v1alpha1.NriApi;
import io.jcri.nri.v1alpha1.NriApi.CreateContainerRequest;
import io.jcri.nri.v1alpha1.NriApi.CreateContainerResponse;
import io.jcri.nri.v1alpha1.NriApi.Event;
import io.jcri.nri.v1alpha1.NriApi.ValidateContainerAdjustmentRequest;
import io.jcri.nri.v1alpha1.NriApi.ValidateContainerAdjustmentResponse;
import io.jcri.oci.spec.ContainerSpec;
import java.util.List;

/** One container's creation going round: every plugin is asked, then the result is judged. */
final class CreationTurn {
  private final Plugins plugins;
  private final Validation validation;
  private final Pod pod;
  private final Container container;
  private final NriApi.PodSandbox podMessage;
  private final NriApi.Container original;
  private final Creation creation;

  CreationTurn(
      Plugins plugins, Validation validation, Pod pod, Container container, ContainerSpec spec) {
    this.plugins = plugins;
    this.validation = validation;
    this.pod = pod;
    this.container = container;
    this.podMessage = ObjectMessages.pod(pod);
    this.original = ObjectMessages.container(container, spec);
    this.creation = new Creation(original);
  }

  Creation creation() {
    return creation;
  }

  /**
   * Goes round.
   *
   * @throws JcriException naming who refused, who clashed, who is missing or what is not allowed
   */
  void run() {
    List<Plugin> asked =
        plugins.each(
            Event.CREATE_CONTAINER,
            plugin ->
                creation.take(
                    plugin.ask(Event.CREATE_CONTAINER, request(), CreateContainerResponse.parser()),
                    plugin.name()));
    validation.required(pod, container.config().name(), asked);
    validation.permitted(container, creation.owners());
    List<Plugin> _ =
        plugins.each(Event.VALIDATE_CONTAINER_ADJUSTMENT, plugin -> judge(plugin, asked));
  }

  private CreateContainerRequest request() {
    return CreateContainerRequest.newBuilder()
        .setPod(podMessage)
        .setContainer(creation.container())
        .build();
  }

  /** A judge that can't be heard has not agreed. */
  private void judge(Plugin plugin, List<Plugin> asked) {
    ValidateContainerAdjustmentRequest.Builder request =
        ValidateContainerAdjustmentRequest.newBuilder()
            .setPod(podMessage)
            .setContainer(original)
            .setAdjust(creation.adjustment())
            .addAllUpdate(creation.updates())
            .setOwners(creation.owners().message());
    asked.forEach(each ->
        request.addPlugins(
            NriApi.PluginInstance.newBuilder().setName(each.base()).setIndex(each.index())));
    ValidateContainerAdjustmentResponse reply;
    try {
      reply =
          plugin.ask(
              Event.VALIDATE_CONTAINER_ADJUSTMENT,
              request.build(),
              ValidateContainerAdjustmentResponse.parser());
    } catch (TtrpcException e) {
      throw new JcriException(
          JcriException.Kind.INTERNAL,
          "validating NRI plugin %s failed: %s".formatted(plugin.name(), e.getMessage()),
          e);
    }
    if (reply.getReject()) {
      throw JcriException.precondition(
          "NRI plugin %s does not allow container %s: %s"
              .formatted(plugin.name(), container.config().name(), reply.getReason()));
    }
  }
}
