package io.jcri.daemon.nri;

import io.jcri.daemon.config.DaemonConfig;
import io.jcri.daemon.config.Derived;
import io.jcri.daemon.container.CdiInjection;
import io.jcri.daemon.core.Layout;
import io.jcri.daemon.node.NodeFacts;
import io.jcri.daemon.runtime.Handlers;
import io.jcri.daemon.system.NativeBinaries;
import io.jcri.oci.cdi.CdiDevices;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What the node's vendors add to containers: devices by CDI, and plugins, which may ask for such
 * devices too.
 */
public record NriSetup(
    Supplier<DaemonConfig.Nri> config, Layout layout, Nri nri, CdiInjection cdi) {
  /** Without plugins: {@link #server} lets them in. */
  public static NriSetup of(
      Supplier<DaemonConfig> config, Layout layout, NodeFacts node, Handlers handlers) {
    CdiInjection cdi =
        new CdiInjection(
            new Derived<>(
                () -> config.get().cdi(),
                wanted ->
                    wanted.enabled()
                        ? Optional.of(new CdiDevices(wanted.directories()))
                        : Optional.empty()),
            handlers);
    Supplier<DaemonConfig.Nri> plugins = () -> config.get().nri();
    Nri nri = new Nri(plugins, layout, node.cgroups().limits(), cdi);
    return new NriSetup(plugins, layout, nri, cdi);
  }

  /**
   * Who lets plugins in.
   *
   * @param node as they may see and change it
   */
  public NriServer server(NodeObjects node, NativeBinaries binaries) {
    return new NriServer(config, nri, node, binaries.nriStart(), layout.temporary());
  }
}
