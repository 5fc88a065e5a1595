package io.jcri.daemon.pod;

import io.jcri.cni.CniSettings;
import io.jcri.daemon.config.DaemonConfig;

/** CNI's settings out of the daemon's. */
public final class NetworkSetup {
  private static final int MAX_CONFIGURATIONS = 1;
  private static final String NFT_TABLE = "jcri";

  private NetworkSetup() {}

  public static CniSettings settings(DaemonConfig.Network config) {
    // a bridge of another name has a table of its own, so that two daemons don't share one
    String table =
        config.bridge().equals(DaemonConfig.defaults().network().bridge())
            ? NFT_TABLE
            : NFT_TABLE + "-" + config.bridge();
    return new CniSettings(
        config.configurations(),
        config.plugins(),
        config.cache(),
        MAX_CONFIGURATIONS,
        config.timeout(),
        config.podCidr(),
        config.bridge(),
        table);
  }
}
