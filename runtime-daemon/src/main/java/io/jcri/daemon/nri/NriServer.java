package io.jcri.daemon.nri;

import io.jcri.daemon.config.DaemonConfig;
import io.jcri.daemon.system.BuildInfo;
import io.jcri.nri.v1alpha1.NriApi;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets plugins in: those of the node's plugin directory when the daemon starts, others whenever
 * they connect. Started and closed once each.
 */
public final class NriServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(NriServer.class);

  private final Supplier<DaemonConfig.Nri> config;
  private final Nri nri;
  private final Registration registration;
  private final PluginLauncher launcher;
  private final List<Process> processes = new ArrayList<>();
  private Optional<PluginSocket> socket = Optional.empty();

  /**
   * For one daemon.
   *
   * @param starter the native program that starts plugins
   * @param temporary a directory of root's
   */
  public NriServer(
      Supplier<DaemonConfig.Nri> config, Nri nri, NodeObjects node, Path starter, Path temporary) {
    this.config = config;
    this.nri = nri;
    nri.serve(node);
    this.registration =
        new Registration(config, BuildInfo.version(), this::update, nri.plugins()::removeClosed);
    this.launcher = new PluginLauncher(config.get(), starter, temporary);
  }

  /**
   * Starts installed plugins and waits for them, then opens the socket. What does not work is told
   * of in the log: pods need the daemon, and required plugins are looked for at each creation.
   */
  public void start() {
    if (!config.get().enabled()) {
      return;
    }
    List<Thread> registrations = new ArrayList<>();
    for (PluginLauncher.Launched launched : launcher.launch()) {
      processes.add(launched.process());
      registrations.add(
          Thread.ofVirtual()
              .name("nri registration")
              .start(() -> {
                if (!join(launched.channel(), Optional.of(launched.plugin()))) {
                  launched.process().destroyForcibly();
                }
              }));
    }
    for (Thread thread : registrations) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
    try {
      socket =
          Optional.of(
              PluginSocket.open(
                  config.get().socket(),
                  channel -> {
                    boolean _ = join(channel, Optional.empty());
                  }));
    } catch (IOException e) {
      log.warn("NRI plugins can't connect: {}", e.getMessage());
    }
  }

  private boolean join(SocketChannel channel, Optional<Registration.Preinstalled> known) {
    String name = known.map(p -> p.index() + "-" + p.base()).orElse("that has connected");
    Optional<Plugin> registered = Optional.empty();
    try {
      Plugin plugin = registration.register(channel, known);
      registered = Optional.of(plugin);
      List<NriApi.ContainerUpdate> updates = nri.join(plugin, config.get().registrationTimeout());
      log.info(
          "NRI plugin {} is connected, events 0x{}",
          plugin.name(),
          Integer.toHexString(plugin.events()));
      List<NriApi.ContainerUpdate> _ = nri.changes().update(updates, plugin.name());
      return true;
    } catch (IOException | RuntimeException e) {
      log.warn(
          "NRI plugin {} is not let in: {}",
          registered.map(Plugin::name).orElse(name),
          e.getMessage());
      registered.ifPresent(plugin -> plugin.peer().close());
      return false;
    }
  }

  private NriApi.UpdateContainersResponse update(
      String plugin, NriApi.UpdateContainersRequest request) {
    List<NriApi.ContainerUpdate> failed = nri.changes().update(request.getUpdateList(), plugin);
    nri.changes().evict(request.getEvictList(), plugin);
    return NriApi.UpdateContainersResponse.newBuilder().addAllFailed(failed).build();
  }

  /** Lets all plugins go and takes the socket away. */
  @Override
  public void close() {
    socket.ifPresent(PluginSocket::close);
    nri.plugins().connected().forEach(plugin -> plugin.peer().close());
    processes.forEach(Process::destroyForcibly);
  }
}
