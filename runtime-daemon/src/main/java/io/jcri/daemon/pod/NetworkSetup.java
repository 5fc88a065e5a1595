package io.jcri.daemon.pod;

import io.jcri.cni.Cni;
import io.jcri.cni.CniException;
import io.jcri.cni.CniSettings;
import io.jcri.cni.HostPortMode;
import io.jcri.daemon.config.DaemonConfig;
import io.jcri.daemon.core.Layout;
import java.util.Locale;

/** The networks of pods, as the configuration says. */
public record NetworkSetup(Cni cni, PodNetworks pods) {
  private static final int MAX_CONFIGURATIONS = 1;
  private static final String NFT_TABLE = "jcri";

  /** Reads CNI's configurations, and again whenever they change. */
  public static NetworkSetup open(DaemonConfig.Network config, Layout layout) throws CniException {
    Cni cni = Cni.open(settings(config, layout));
    use(cni, config);
    return new NetworkSetup(cni, new PodNetworks(cni));
  }

  /** Hands on what may change while pods are there, but for the pod CIDR. */
  public static void use(Cni cni, DaemonConfig.Network config) {
    cni.usePlugins(config.plugins(), config.timeout());
    cni.useStatusGrace(config.statusGrace());
    cni.useHostPorts(HostPortMode.valueOf(config.hostPorts().toUpperCase(Locale.ROOT)));
  }

  private static CniSettings settings(DaemonConfig.Network config, Layout layout) {
    // a bridge of another name has a table of its own, so that two daemons don't share one
    String table =
        config.bridge().equals(DaemonConfig.defaults().network().bridge())
            ? NFT_TABLE
            : NFT_TABLE + "-" + config.bridge();
    return new CniSettings(
        config.configurations(),
        config.plugins(),
        config.cache(),
        layout.leases(),
        MAX_CONFIGURATIONS,
        config.timeout(),
        config.podCidr(),
        config.bridge(),
        table);
  }
}
