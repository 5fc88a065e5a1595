package io.jcri.daemon.streaming;

import io.jcri.daemon.budget.Bound;
import io.jcri.daemon.config.DaemonConfig.Streaming;
import io.jcri.daemon.container.Containers;
import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.core.JcriException.Kind;
import io.jcri.daemon.core.Layout;
import io.jcri.daemon.pod.Pods;
import io.jcri.daemon.streaming.command.CommandSessions;
import io.jcri.daemon.streaming.portforward.PodPorts;
import io.jcri.daemon.streaming.request.StreamRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands out the URLs that the kubelet connects a client to. Costs next to nothing until the first
 * one is asked for: only then is the port bound and Netty loaded.
 *
 * <p>Thread-safe.
 */
public final class StreamingServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(StreamingServer.class);

  private static final int MOST_TOKENS = (int) Bound.STREAMING_TOKENS.limit();
  private static final Duration TOKEN_LIFETIME = Duration.ofMinutes(1);

  /** Each may hold a few hundred KiB of a client that does not read. */
  private final OpenSessions sessions = new OpenSessions((int) Bound.STREAMING_SESSIONS.limit());

  private final Supplier<Streaming> settings;
  private final SessionStarter starter;
  private final Tokens tokens = new Tokens(MOST_TOKENS, TOKEN_LIFETIME, System::nanoTime);

  // Guarded by this.
  private @Nullable HttpServer server;
  private boolean closed;

  /**
   * Listens to nothing yet.
   *
   * @param settings of which the time for an idle session may change
   */
  public StreamingServer(
      Supplier<Streaming> settings, Containers containers, Pods pods, Layout layout) {
    this.settings = settings;
    this.starter = new SessionStarter(new CommandSessions(containers), new PodPorts(pods, layout));
  }

  /**
   * Promises to serve a request.
   *
   * @return a URL that is good for one client, within a minute
   * @throws JcriException RESOURCE_EXHAUSTED when too many URLs wait for their clients, UNAVAILABLE
   *     when the server can't listen
   */
  public String url(StreamRequest request) {
    String base = base();
    return base + request.kind() + "/" + tokens.issue(request);
  }

  private synchronized String base() {
    if (closed) {
      throw new JcriException(Kind.UNAVAILABLE, "the daemon is stopping");
    }
    HttpServer running = server;
    if (running == null) {
      running = start();
      server = running;
    }
    Streaming config = settings.get();
    String host = config.address().contains(":") ? "[" + config.address() + "]" : config.address();
    return "%s://%s:%d/"
        .formatted(config.tls().isPresent() ? "https" : "http", host, running.port());
  }

  private HttpServer start() {
    Streaming config = settings.get();
    try {
      Optional<TlsFiles> tls =
          config.tls().isPresent()
              ? Optional.of(new TlsFiles(config.tls().get()))
              : Optional.empty();
      HttpServer started =
          new HttpServer(
              new InetSocketAddress(InetAddress.ofLiteral(config.address()), config.port()),
              () -> settings.get().idleTimeout(),
              tls,
              () -> new RequestGate(tokens, starter, sessions));
      log.info("streaming on {} port {}", config.address(), started.port());
      return started;
    } catch (IOException e) {
      throw new JcriException(Kind.UNAVAILABLE, String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * A client's session.
   *
   * @param kind {@code exec}, {@code attach} or {@code portforward}
   * @param target the id of the container or pod
   */
  public record Session(String kind, String target, Instant since) {}

  /** Those that clients have, the oldest first. Waits for nobody. */
  public List<Session> sessions() {
    return sessions.list();
  }

  /** Cuts all sessions. */
  @Override
  public synchronized void close() {
    closed = true;
    HttpServer running = server;
    if (running != null) {
      running.close();
      server = null;
    }
  }
}
