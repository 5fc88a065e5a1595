package io.jcri.daemon.nri;

import io.jcri.daemon.config.DaemonConfig;
import io.jcri.daemon.container.CdiInjection;
import io.jcri.daemon.core.Layout;
import io.jcri.daemon.node.NodeFacts;
import io.jcri.daemon.runtime.Handlers;
import io.jcri.daemon.system.NativeBinaries;
import io.jcri.oci.cdi.CdiDevices;
import java.util.Optional;

/**
 * What the node's vendors add to containers: devices by CDI, and plugins, which may ask for such
 * devices too.
 */
public record NriSetup(DaemonConfig.Nri config, Layout layout, Nri nri, CdiInjection cdi) {
  /** Without plugins: {@link #server} lets them in. */
  public static NriSetup of(DaemonConfig config, Layout layout, NodeFacts node, Handlers handlers) {
    CdiInjection cdi =
        new CdiInjection(
            config.cdi().enabled()
                ? Optional.of(new CdiDevices(config.cdi().directories()))
                : Optional.empty(),
            handlers);
    Nri nri = new Nri(config.nri(), layout, node.cgroups().limits(), cdi);
    return new NriSetup(config.nri(), layout, nri, cdi);
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
