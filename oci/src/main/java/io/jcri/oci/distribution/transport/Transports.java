package io.jcri.oci.distribution.transport;

import io.jcri.oci.distribution.config.TransportSettings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/**
 * One HTTP client per way to connect, made at first use since the first costs 0.2 s and 24 MB.
 * Replaced certificate files are noticed. Thread-safe.
 */
public final class Transports implements AutoCloseable {

  /**
   * Read once, when Java's client is loaded; an operator's own value stays. Fetching 1 GB costs 1.3
   * s of CPU so, 1.9 s by default.
   */
  private static final String BUFFER_PROPERTY = "jdk.httpclient.bufsize";

  /**
   * Also read once: by default Java sends no name and password in clear text to a proxy that it
   * asks for a tunnel. There is no other way to tell them, and the operator wrote them down for it.
   */
  private static final String TUNNEL_PROPERTY = "jdk.http.auth.tunneling.disabledSchemes";

  static {
    if (System.getProperty(BUFFER_PROPERTY) == null) {
      System.setProperty(BUFFER_PROPERTY, "65536");
    }
    if (System.getProperty(TUNNEL_PROPERTY) == null) {
      System.setProperty(TUNNEL_PROPERTY, "");
    }
  }

  private record Entry(List<FileTime> stamps, HttpClient client) {}

  private final EnvironmentProxy proxy;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<TransportSettings, Entry> entries = new HashMap<>();
  private final Map<Duration, HttpClient> plain = new HashMap<>();
  private final ExecutorService executor =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("registry-", 0).factory());

  public Transports(EnvironmentProxy proxy) {
    this.proxy = proxy;
  }

  /** The proxy on the way to a host; Java's client asks it too. */
  public EnvironmentProxy proxy() {
    return proxy;
  }

  /**
   * The client for a request to that address; for plain HTTP no certificate file is looked at.
   *
   * @throws IOException when a certificate file cannot be used
   */
  public HttpClient get(TransportSettings settings, URI uri) throws IOException {
    return "http".equalsIgnoreCase(uri.getScheme()) ? plain(settings.dialTimeout()) : tls(settings);
  }

  private HttpClient plain(Duration dialTimeout) {
    lock.lock();
    try {
      return plain.computeIfAbsent(
          dialTimeout,
          timeout -> builder(timeout, new NoTls()).sslParameters(new SSLParameters()).build());
    } finally {
      lock.unlock();
    }
  }

  private HttpClient tls(TransportSettings settings) throws IOException {
    List<FileTime> stamps = new ArrayList<>();
    for (Path file : settings.files()) {
      stamps.add(Files.getLastModifiedTime(file));
    }
    lock.lock();
    try {
      Entry old = entries.get(settings);
      if (old != null && old.stamps.equals(stamps)) {
        return old.client;
      }
      HttpClient client = builder(settings.dialTimeout(), TlsContexts.create(settings)).build();
      entries.put(settings, new Entry(stamps, client));
      if (old != null) {
        // Requests under way end in peace.
        old.client.shutdown();
      }
      return client;
    } finally {
      lock.unlock();
    }
  }

  private HttpClient.Builder builder(Duration dialTimeout, SSLContext tls) {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .followRedirects(HttpClient.Redirect.NEVER)
        .connectTimeout(dialTimeout)
        .sslContext(tls)
        .proxy(proxy)
        .executor(executor);
  }

  @Override
  public void close() {
    lock.lock();
    try {
      entries.values().forEach(entry -> entry.client.shutdownNow());
      entries.clear();
      plain.values().forEach(HttpClient::shutdownNow);
      plain.clear();
      executor.shutdownNow();
    } finally {
      lock.unlock();
    }
  }
}
