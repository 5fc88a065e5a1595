package io.jcri.daemon.container;

import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.runtime.Handlers;
import io.jcri.oci.cdi.CdiDevices;
import io.jcri.oci.runtime.BindMounts;
import io.jcri.oci.spec.ContainerSpec;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Adds a container's CDI devices to what config.json will say. */
public final class CdiInjection {
  private final Supplier<Optional<CdiDevices>> devices;
  private final Handlers handlers;

  /**
   * For all containers.
   *
   * @param devices empty where CDI is switched off
   */
  public CdiInjection(Supplier<Optional<CdiDevices>> devices, Handlers handlers) {
    this.devices = devices;
    this.handlers = handlers;
  }

  /**
   * The container with these devices.
   *
   * @throws JcriException FAILED_PRECONDITION where CDI is switched off
   * @throws io.jcri.oci.OciException see {@link CdiDevices#inject}
   */
  public ContainerSpec inject(Pod pod, List<String> names, ContainerSpec spec) {
    if (names.isEmpty()) {
      return spec;
    }
    ContainerSpec injected =
        devices
            .get()
            .orElseThrow(() ->
                JcriException.precondition(
                    "CDI device %s can't be injected: this node has CDI disabled"
                        .formatted(names.getFirst())))
            .inject(spec, names, handlers.require(pod.config().handler()).features());
    return injected.toBuilder()
        .rootfsPropagation(BindMounts.rootfsPropagation(injected.mounts()))
        .build();
  }
}
