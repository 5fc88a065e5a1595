package io.jcri.daemon.prometheus;

import io.jcri.daemon.config.DaemonConfig.Metrics;
import io.jcri.daemon.core.Meter;
import io.jcri.sandbox.linux.Reasons;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The figures of the daemon, served where the configuration says: it may come, move and go while
 * the daemon runs. Without an address nothing is counted, and none of the classes are loaded that
 * do it. Pods do without: an address that can't be had is tried again and again, and costs nobody
 * anything else.
 *
 * <p>Thread-safe.
 */
public final class MetricsEndpoint {
  private static final Logger log = LoggerFactory.getLogger(MetricsEndpoint.class);

  private static final Duration BETWEEN_TRIES = Duration.ofSeconds(10);

  private final NodeState node;
  private final Supplier<List<String>> methods;

  // Guarded by this.
  private Metrics used = Metrics.OFF;
  private @Nullable Figures figures;
  private @Nullable MetricsServer server;
  private @Nullable Thread tries;

  /**
   * Serves nothing yet.
   *
   * @param methods all that may be called of CRI, as gRPC names them
   */
  public MetricsEndpoint(NodeState node, Supplier<List<String>> methods) {
    this.node = node;
    this.methods = methods;
  }

  /** Counts from now on, if that is wanted; what the daemon finds at its start counts, too. */
  public synchronized void count(Metrics wanted) {
    if (wanted.address().isPresent() && figures == null) {
      Figures counted = new Figures(node, methods.get());
      figures = counted;
      Meter.install(counted.work());
    }
  }

  /** Serves as a configuration says from now on. */
  public synchronized void use(Metrics wanted) {
    if (wanted.equals(used)) {
      return;
    }
    stopServing();
    used = wanted;
    if (wanted.address().isEmpty()) {
      stopCounting();
      return;
    }
    count(wanted);
    if (!serve(wanted, true)) {
      tries = Thread.ofVirtual().name("metrics").start(() -> tryAgain(wanted));
    }
  }

  /** Ends with the daemon. */
  public void stop() {
    use(Metrics.OFF);
  }

  private void tryAgain(Metrics wanted) {
    try {
      do {
        Thread.sleep(BETWEEN_TRIES);
      } while (!serveStill(wanted));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether there is nothing to be tried any more. */
  private synchronized boolean serveStill(Metrics wanted) {
    return !wanted.equals(used) || server != null || serve(wanted, false);
  }

  private synchronized boolean serve(Metrics wanted, boolean first) {
    Figures counted = figures;
    if (counted == null || wanted.address().isEmpty()) {
      return true;
    }
    try {
      MetricsServer started = MetricsServer.start(wanted.address().get(), wanted.tls(), counted);
      server = started;
      log.info("metrics are served at {}", started.url());
      if (wanted.tls().isEmpty()
          && wanted.address().get() instanceof InetSocketAddress ip
          && !ip.getAddress().isLoopbackAddress()) {
        log.warn(
            "{} is open to the network, without TLS: who reaches it reads the node's figures",
            started.url());
      }
      return true;
    } catch (IOException e) {
      if (first) {
        log.error("metrics are not served, which is tried again: {}", Reasons.of(e));
      }
      return false;
    }
  }

  private void stopServing() {
    Thread trying = tries;
    if (trying != null) {
      trying.interrupt();
      tries = null;
    }
    MetricsServer serving = server;
    if (serving != null) {
      serving.close();
      server = null;
    }
  }

  private void stopCounting() {
    Meter.install(Meter.NONE);
    figures = null;
  }
}
