package io.jcri.daemon.pod;

import io.jcri.daemon.config.ContainerSettings;
import io.jcri.daemon.config.HandlerRules;
import io.jcri.daemon.config.PodSysctls;
import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.core.Layout;
import io.jcri.daemon.core.Quantity;
import io.jcri.daemon.runtime.Handlers;
import io.jcri.sandbox.SandboxSpec;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What a pod's sandbox is to be, of the pod's configuration and the node's.
 *
 * <p>Thread-safe.
 */
final class SandboxSpecs {
  /** As containerd and CRI-O: the pause process is the last that the kernel should kill. */
  private static final int PAUSE_OOM_SCORE_ADJ = -998;

  private final Layout layout;
  private final Handlers handlers;
  private final Supplier<ContainerSettings> settings;

  /**
   * For all pods.
   *
   * @param settings of the day
   */
  SandboxSpecs(Layout layout, Handlers handlers, Supplier<ContainerSettings> settings) {
    this.layout = layout;
    this.handlers = handlers;
    this.settings = settings;
  }

  /**
   * Refuses what can't be.
   *
   * @throws JcriException INVALID
   */
  void check(PodConfig config) {
    long _ = shmBytes(config);
  }

  SandboxSpec of(Pod pod) {
    PodConfig config = pod.config();
    NamespaceOptions namespaces = config.namespaces();
    return new SandboxSpec(
        pod.id(),
        layout.pod(pod.id()),
        namespaces.network() != NamespaceMode.NODE,
        namespaces.ipc() != NamespaceMode.NODE,
        namespaces.network() != NamespaceMode.NODE,
        namespaces.pid() == NamespaceMode.POD,
        namespaces.user().map(user -> new io.jcri.sandbox.UserNamespace(user.uids(), user.gids())),
        config.hostname(),
        sysctls(config),
        pod.cgroupPath(),
        PAUSE_OOM_SCORE_ADJ,
        shmBytes(config));
  }

  private long shmBytes(PodConfig config) {
    return handlers
        .require(config.handler())
        .rules()
        .heeded(HandlerRules.SHM_SIZE, config.annotations())
        .map(text ->
            Quantity.bytes(text)
                .orElseThrow(() ->
                    JcriException.invalid(
                        "config.annotations: %s is \"%s\", which is no size such as 128Mi"
                            .formatted(HandlerRules.SHM_SIZE, text))))
        .orElse(settings.get().shmBytes());
  }

  /** Those of the configuration, as far as the pod has a namespace for them, and its own. */
  private Map<String, String> sysctls(PodConfig config) {
    NamespaceOptions namespaces = config.namespaces();
    Map<String, String> all =
        PodSysctls.with(
            settings.get().sysctls(),
            config.sysctls(),
            namespaces.network() != NamespaceMode.NODE,
            namespaces.ipc() != NamespaceMode.NODE);
    return namespaces.user().isEmpty() || config.sysctls().containsKey(PingGroups.NAME)
        ? all
        : PingGroups.within(all, namespaces.user().get().gids());
  }
}
