package io.jcri.oci.distribution;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The proxy that {@code HTTPS_PROXY}, {@code HTTP_PROXY} and {@code NO_PROXY} (or their lower-case
 * forms) name, as Go's tools read them: {@code NO_PROXY} lists hosts, domains with all below them,
 * and {@code *}; loopback never goes through a proxy.
 */
final class EnvironmentProxy extends ProxySelector {

  private final Map<String, String> environment;
  private final List<String> exceptions;

  EnvironmentProxy(Map<String, String> environment) {
    this.environment = environment;
    this.exceptions =
        Arrays.stream(variable("NO_PROXY").split(","))
            .map(entry -> entry.strip().toLowerCase(Locale.ROOT))
            .filter(entry -> !entry.isEmpty())
            .toList();
  }

  @Override
  public List<Proxy> select(URI uri) {
    String name = uri.getScheme().equalsIgnoreCase("https") ? "HTTPS_PROXY" : "HTTP_PROXY";
    String host = Optional.ofNullable(uri.getHost()).orElse("").toLowerCase(Locale.ROOT);
    if (variable(name).isEmpty()
        || HostsConfig.isLoopback(host)
        || isExcepted(host, uri.getPort())) {
      return List.of(Proxy.NO_PROXY);
    }
    String text = variable(name);
    URI proxy = URI.create(text.contains("://") ? text : "http://" + text);
    int port = proxy.getPort() >= 0 ? proxy.getPort() : 80;
    return List.of(
        new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(proxy.getHost(), port)));
  }

  @Override
  public void connectFailed(URI uri, SocketAddress address, IOException reason) {
    // The request fails with the reason; there is no second proxy to turn to.
  }

  private boolean isExcepted(String host, int port) {
    return exceptions.stream()
        .anyMatch(entry -> {
          String domain = entry.startsWith("*.") ? entry.substring(1) : entry;
          String suffix = domain.startsWith(".") ? domain : "." + domain;
          return entry.equals("*")
              || host.equals(entry)
              || host.endsWith(suffix)
              || (host + ":" + port).equals(entry);
        });
  }

  private String variable(String name) {
    String value = environment.get(name);
    if (value == null || value.isEmpty()) {
      value = environment.get(name.toLowerCase(Locale.ROOT));
    }
    return value == null ? "" : value.strip();
  }
}
