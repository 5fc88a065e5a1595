package io.jcri.daemon.app;

import io.jcri.cni.Cni;
import io.jcri.cni.CniException;
import io.jcri.daemon.admin.ConfigControl;
import io.jcri.daemon.config.ConfigException;
import io.jcri.daemon.config.DaemonConfig;
import io.jcri.daemon.config.LiveConfig;
import io.jcri.daemon.config.LoadedConfig;
import io.jcri.daemon.config.Reloaded;
import io.jcri.daemon.pod.NetworkSetup;
import io.jcri.daemon.prometheus.MetricsEndpoint;
import io.jcri.daemon.system.Logging;
import io.jcri.daemon.system.SdNotify;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes up a new configuration while the daemon serves. Most settings are read where they are
 * needed; what is kept elsewhere is handed on here. Thread-safe.
 */
final class Reloading implements ConfigControl {
  private static final Logger log = LoggerFactory.getLogger(Reloading.class);

  private static final String SERVING = "serving CRI";

  private final LiveConfig live;
  private final Cni cni;
  private final SdNotify systemd;
  private final MetricsEndpoint metrics;

  Reloading(LiveConfig live, Cni cni, SdNotify systemd, MetricsEndpoint metrics) {
    this.live = live;
    this.cni = cni;
    this.systemd = systemd;
    this.metrics = metrics;
  }

  @Override
  public LoadedConfig current() {
    return live.current();
  }

  @Override
  public synchronized Reloaded reload() {
    systemd.reloading();
    String status = SERVING;
    try {
      DaemonConfig before = live.get();
      Reloaded reloaded = live.reload();
      handOn(before, live.get());
      log.info("configuration read again; {}", reloaded);
      if (!reloaded.needRestart().isEmpty()) {
        status += "; needs a restart: " + String.join(", ", reloaded.needRestart());
      }
      return reloaded;
    } catch (ConfigException e) {
      log.error("the configuration is wrong, the one before stays in use");
      e.problems().forEach(log::error);
      status += "; the new configuration is wrong: " + e.problems().getFirst();
      throw e;
    } finally {
      systemd.ready(status);
    }
  }

  private void handOn(DaemonConfig before, DaemonConfig now) {
    Logging.level(now.logLevel());
    metrics.use(now.metrics());
    DaemonConfig.Network network = now.network();
    NetworkSetup.use(cni, network);
    // Of what is taken away nothing is known but what the kubelet tells from now on.
    Optional<String> cidr = network.podCidr();
    if (cidr.isPresent() && !cidr.equals(before.network().podCidr())) {
      try {
        cni.setPodCidr(cidr.get());
      } catch (CniException e) {
        log.error("network.pod_cidr is not applied: {}", e.getMessage());
      }
    }
  }
}
