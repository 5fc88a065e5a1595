package io.jcri.oci.distribution.transport;

import io.jcri.oci.distribution.config.ServerUri;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The proxy that {@code https_proxy}, {@code http_proxy} and {@code no_proxy} (or their upper-case
 * forms) name, as Go's {@code httpproxy} reads them: the lower-case form first; {@code host:port}
 * alone is an http proxy; in a CGI process {@code HTTP_PROXY} may be the client's. A user and
 * password in it, percent-encoded, are for the proxy alone.
 *
 * <p>Other than Go this knows proxies reached by plain http only, and fails a request for whose
 * proxy it cannot read or use: to connect directly would not be what was asked for.
 */
public final class EnvironmentProxy extends ProxySelector {

  private static final Pattern URL =
      Pattern.compile(
          "(?:(?<scheme>[A-Za-z][A-Za-z0-9+.-]*)://|(?![A-Za-z0-9+.-]*://))(?:(?<user>[^/?#]*)@)?"
              + "(?<host>\\[[0-9A-Fa-f:.]+\\]|[^:/?#@\\[\\]\\s]+)(?::(?<port>[0-9]{0,5}))?(?:[/?#].*)?");

  /** A proxy, and the value of the header that it wants. */
  private record Route(InetSocketAddress address, Optional<String> authorization) {}

  private final Map<String, String> environment;
  private final NoProxy exceptions;

  public EnvironmentProxy(Map<String, String> environment) {
    this.environment = environment;
    this.exceptions = new NoProxy(variable("no_proxy"));
  }

  /**
   * What to tell the proxy on the way to a host: empty when there is no proxy, or it asks for
   * nothing.
   *
   * @throws IOException when the environment names a proxy that cannot be used; its text is not in
   *     the message, since it may hold a password
   */
  public Optional<String> authorization(URI uri) throws IOException {
    return route(uri).flatMap(Route::authorization);
  }

  @Override
  public List<Proxy> select(URI uri) {
    try {
      return List.of(
          route(uri)
              .map(route -> new Proxy(Proxy.Type.HTTP, route.address))
              .orElse(Proxy.NO_PROXY));
    } catch (IOException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  @Override
  public void connectFailed(URI uri, SocketAddress address, IOException reason) {
    // The request fails with the reason; there is no second proxy to turn to.
  }

  private Optional<Route> route(URI uri) throws IOException {
    boolean secure = uri.getScheme().equalsIgnoreCase("https");
    String name = secure ? "https_proxy" : "http_proxy";
    String proxy = variable(name);
    if (proxy.isEmpty()) {
      return Optional.empty();
    }
    if (!secure && !variable("request_method").isEmpty()) {
      throw new IOException("HTTP_PROXY is not used in a CGI process, where the client may set it");
    }
    String host = ServerUri.host(uri).replaceAll("[\\[\\]]", "");
    int port = uri.getPort() >= 0 ? uri.getPort() : secure ? 443 : 80;
    return exceptions.excepts(host, port) ? Optional.empty() : Optional.of(read(name, proxy));
  }

  private static Route read(String name, String text) throws IOException {
    Matcher url = URL.matcher(text);
    if (!url.matches()) {
      throw new IOException("the variable " + name + " is no URL of a proxy");
    }
    String scheme = url.group("scheme");
    if (scheme != null && !scheme.equalsIgnoreCase("http")) {
      throw new IOException(
          "the variable "
              + name
              + " names a proxy of the kind "
              + scheme
              + ", only http is supported (it carries https too)");
    }
    String host = url.group("host").replaceAll("[\\[\\]]", "");
    String number = url.group("port");
    int port = number == null || number.isEmpty() ? 80 : Integer.parseInt(number);
    if (port > 65535) {
      throw new IOException("the variable " + name + " has a bad port");
    }
    return new Route(
        InetSocketAddress.createUnresolved(host, port),
        Optional.ofNullable(url.group("user")).map(EnvironmentProxy::basic));
  }

  private static String basic(String user) {
    int colon = user.indexOf(':');
    String name = colon < 0 ? user : user.substring(0, colon);
    String password = colon < 0 ? "" : user.substring(colon + 1);
    ByteArrayOutputStream pair = new ByteArrayOutputStream();
    pair.writeBytes(decoded(name));
    pair.write(':');
    pair.writeBytes(decoded(password));
    return "Basic " + Base64.getEncoder().encodeToString(pair.toByteArray());
  }

  /** Percent-encoding alone: a plus is a plus. */
  private static byte[] decoded(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length);
    for (int i = 0; i < bytes.length; i++) {
      int high = bytes[i] == '%' && i + 2 < bytes.length ? Character.digit(bytes[i + 1], 16) : -1;
      int low = high >= 0 ? Character.digit(bytes[i + 2], 16) : -1;
      out.write(low >= 0 ? (high << 4) + low : bytes[i]);
      i += low >= 0 ? 2 : 0;
    }
    return out.toByteArray();
  }

  private String variable(String name) {
    String value = environment.get(name);
    if (value == null || value.isEmpty()) {
      value = environment.get(name.toUpperCase(java.util.Locale.ROOT));
    }
    return value == null ? "" : value.strip();
  }
}
