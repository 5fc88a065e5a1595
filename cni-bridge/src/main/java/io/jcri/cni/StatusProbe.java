package io.jcri.cni;

import io.jcri.sandbox.linux.Reasons;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Whether the current networks can serve pods. Plugins that speak 1.1.0 are asked (STATUS), at most
 * every few seconds and by one thread at a time; a caller gets the last answer rather than wait for
 * a slow plugin. Thread-safe.
 */
final class StatusProbe {
  private static final Duration FRESH = Duration.ofSeconds(5);
  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final Duration PLUGIN_TIMEOUT = Duration.ofSeconds(10);

  private record Verdict(NetworkStore.State state, long at, NetworkStatus status) {}

  private final CniSettings settings;
  private final NetworkStore store;
  private final PluginRunner runner;
  private final PluginVersions versions;
  private final Chain chain;
  private final Masquerade masquerade;
  private final HostPorts hostPorts;
  private final StatusGrace grace = new StatusGrace(System::nanoTime);
  private @Nullable Verdict last;
  private @Nullable CompletableFuture<Verdict> running;

  StatusProbe(
      CniSettings settings,
      NetworkStore store,
      PluginRunner runner,
      PluginVersions versions,
      Chain chain,
      Masquerade masquerade,
      HostPorts hostPorts) {
    this.settings = settings;
    this.store = store;
    this.runner = runner;
    this.versions = versions;
    this.chain = chain;
    this.masquerade = masquerade;
    this.hostPorts = hostPorts;
  }

  NetworkStatus status() {
    return grace.told(found());
  }

  StatusGrace grace() {
    return grace;
  }

  private NetworkStatus found() {
    NetworkStore.State state = store.state();
    NetworkStatus local = withoutPlugins(state);
    boolean asks =
        state.networks().stream().anyMatch(network -> network.version().hasStatusAndGc());
    return local.ready() && asks ? asked(state, local) : local;
  }

  /** What can be told from files alone. */
  private NetworkStatus withoutPlugins(NetworkStore.State state) {
    if (state.networks().isEmpty()) {
      return NetworkStatus.notReady(notConfigured(state, settings));
    }
    for (Network network : state.networks()) {
      for (Plugin plugin : network.plugins()) {
        if (runner.find(plugin.type()).isEmpty()) {
          return NetworkStatus.notReady(
              String.valueOf(runner.missing(plugin.type(), "", network).getMessage()));
        }
      }
    }
    boolean generated = state.networks().stream().anyMatch(Network::generated);
    return NetworkStatus.ready(
        Stream.of(generated ? masquerade.problem() : "", hostPorts.problem())
            .filter(problem -> !problem.isEmpty())
            .collect(Collectors.joining("; ")));
  }

  static String notConfigured(NetworkStore.State state, CniSettings settings) {
    List<String> problems = state.problems();
    return "cni plugin not initialized: no valid network configuration in %s%s"
        .formatted(
            settings.confDir(), problems.isEmpty() ? "" : " (" + String.join("; ", problems) + ")");
  }

  private NetworkStatus asked(NetworkStore.State state, NetworkStatus local) {
    CompletableFuture<Verdict> future;
    Verdict before;
    synchronized (this) {
      before = last;
      if (before != null
          && before.state().equals(state)
          && System.nanoTime() - before.at() < FRESH.toNanos()) {
        return before.status();
      }
      future = running;
      if (future == null) {
        CompletableFuture<Verdict> started = new CompletableFuture<>();
        running = started;
        future = started;
        Thread.ofVirtual().name("cni-status").start(() -> finish(started, state, local));
      }
    }
    try {
      return future.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS).status();
    } catch (TimeoutException e) {
      return before != null && before.state().equals(state)
          ? before.status()
          : NetworkStatus.notReady("the network's plugins have not answered STATUS yet");
    } catch (ExecutionException e) {
      return NetworkStatus.notReady(
          "asking the network's plugins failed: " + Reasons.of(e.getCause()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return NetworkStatus.notReady("asking the network's plugins was interrupted");
    }
  }

  private void finish(
      CompletableFuture<Verdict> future, NetworkStore.State state, NetworkStatus local) {
    NetworkStatus status = local;
    try {
      for (Network network : state.networks()) {
        Network negotiated = versions.negotiate(network);
        if (negotiated.version().hasStatusAndGc()) {
          chain.status(negotiated, PLUGIN_TIMEOUT);
        }
      }
    } catch (CniException e) {
      status = NetworkStatus.notReady(String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      synchronized (this) {
        running = null;
      }
      future.completeExceptionally(e);
      return;
    }
    Verdict verdict = new Verdict(state, System.nanoTime(), status);
    synchronized (this) {
      last = verdict;
      running = null;
    }
    future.complete(verdict);
  }
}
