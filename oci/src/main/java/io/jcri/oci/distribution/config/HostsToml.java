package io.jcri.oci.distribution.config;

import io.jcri.oci.OciException;
import io.jcri.oci.distribution.config.RegistryHost.Capability;
import io.jcri.oci.distribution.config.TransportSettings.ClientPair;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/**
 * Reads one {@code hosts.toml} of containerd's format:
 *
 * <pre>
 * server = "https://registry-1.docker.io"     # the registry itself, asked last
 * capabilities = ["pull", "resolve"]           # keys up here are for the server
 *
 * [host."https://mirror.example:5000"]         # asked in the order of the file
 *   capabilities = ["pull"]
 *   ca = "ca.pem"                              # or a list; relative to the file's directory
 *   client = [["client.cert", "client.key"]]   # or one file with both, or a list of such
 *   skip_verify = false
 *   override_path = false                      # true: the URL's path is used as it is, without /v2
 *   dial_timeout = "3s"
 *   [host."https://mirror.example:5000".header]
 *     x-custom = ["a", "b"]
 * </pre>
 */
final class HostsToml {

  private static final Logger LOG = LoggerFactory.getLogger(HostsToml.class);
  private static final Set<String> HOST_KEYS =
      Set.of(
          "capabilities", "ca", "client", "skip_verify", "header", "override_path", "dial_timeout");

  private final Path file;
  private final String registry;

  private HostsToml(Path file, String registry) {
    this.file = file;
    this.registry = registry;
  }

  /**
   * @throws OciException FAILED_PRECONDITION, with the file and line: the node's configuration is
   *     at fault, not the caller
   */
  static List<RegistryHost> parse(String text, Path file, String registry) {
    TomlParseResult root = Toml.parse(text);
    HostsToml reader = new HostsToml(file, registry);
    if (root.hasErrors()) {
      throw reader.bad(
          root.errors().get(0).position(), String.valueOf(root.errors().get(0).getMessage()));
    }
    try {
      return reader.hosts(root);
    } catch (org.tomlj.TomlInvalidTypeException e) {
      throw reader.bad(null, String.valueOf(e.getMessage()));
    }
  }

  private List<RegistryHost> hosts(TomlTable root) {
    List<RegistryHost> hosts = new ArrayList<>();
    TomlTable mirrors = root.getTable("host");
    if (mirrors != null) {
      List<String> names = new ArrayList<>(mirrors.keySet());
      names.sort(Comparator.comparingInt(name -> line(mirrors, name)));
      for (String name : names) {
        if (mirrors.get(List.of(name)) instanceof TomlTable settings) {
          hosts.add(host(name, settings, HOST_KEYS));
        } else {
          throw bad(mirrors.inputPositionOf(List.of(name)), "host \"" + name + "\" is no table");
        }
      }
    }
    String server = root.getString("server");
    hosts.add(server(server == null ? "" : server, root));
    return List.copyOf(hosts);
  }

  private static int line(TomlTable table, String key) {
    TomlPosition position = table.inputPositionOf(List.of(key));
    return position == null ? Integer.MAX_VALUE : position.line();
  }

  private RegistryHost server(String server, TomlTable root) {
    Set<String> known = new java.util.HashSet<>(HOST_KEYS);
    known.addAll(List.of("server", "host"));
    if (!server.isEmpty()) {
      return host(server, root, known);
    }
    RegistryHost named = HostsConfig.fallback(registry, TransportSettings.DEFAULT);
    return host(named.scheme() + "://" + named.host(), root, known);
  }

  private RegistryHost host(String url, TomlTable settings, Set<String> known) {
    for (String key : settings.keySet()) {
      if (!known.contains(key)) {
        LOG.warn("{}: unknown key {} for {} is ignored", file, key, url);
      }
    }
    URI uri = uri(url, settings);
    boolean override = Boolean.TRUE.equals(settings.getBoolean("override_path"));
    return new RegistryHost(
        uri.getScheme().toLowerCase(Locale.ROOT),
        uri.getRawAuthority(),
        path(uri, override),
        capabilities(settings),
        new TransportSettings(
            paths(settings, "ca"),
            clients(settings),
            Boolean.TRUE.equals(settings.getBoolean("skip_verify")),
            dialTimeout(settings)),
        headers(settings));
  }

  private URI uri(String url, TomlTable settings) {
    String whole = url.contains("://") ? url : HostsConfig.defaultScheme(url) + "://" + url;
    try {
      URI uri = URI.create(whole);
      if (ServerUri.ofText(whole).isPresent() && uri.getRawQuery() == null) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      throw bad(null, "\"" + url + "\" is no URL: " + e.getMessage());
    }
    throw bad(
        settings.inputPositionOf(List.of()), "\"" + url + "\" is not http(s)://host[:port][/path]");
  }

  private static String path(URI uri, boolean override) {
    String path = Optional.ofNullable(uri.getRawPath()).orElse("").replaceAll("/+$", "");
    return override || path.endsWith("/v2") ? path : path + "/v2";
  }

  private Set<Capability> capabilities(TomlTable settings) {
    EnumSet<Capability> found = EnumSet.noneOf(Capability.class);
    List<String> names = strings(settings, "capabilities");
    for (String name : names) {
      switch (name.toLowerCase(Locale.ROOT)) {
        case "pull" -> found.add(Capability.PULL);
        case "resolve" -> found.add(Capability.RESOLVE);
        case "push", "referrers" -> LOG.trace("{}: {} is not for pulls", file, name);
        default ->
            throw bad(
                settings.inputPositionOf("capabilities"), "unknown capability \"" + name + "\"");
      }
    }
    return names.isEmpty() ? EnumSet.allOf(Capability.class) : found;
  }

  private Duration dialTimeout(TomlTable settings) {
    String text = settings.getString("dial_timeout");
    if (text == null) {
      return TransportSettings.DEFAULT_DIAL_TIMEOUT;
    }
    return GoDuration.parse(text)
        .filter(d -> !d.isNegative() && !d.isZero())
        .orElseThrow(() ->
            bad(settings.inputPositionOf("dial_timeout"), "bad dial_timeout \"" + text + "\""));
  }

  private List<ClientPair> clients(TomlTable settings) {
    if (!(settings.get("client") instanceof TomlArray array)) {
      return paths(settings, "client").stream()
          .map(p -> new ClientPair(p, Optional.empty()))
          .toList();
    }
    List<ClientPair> pairs = new ArrayList<>();
    for (Object entry : array.toList()) {
      switch (entry) {
        case String one -> pairs.add(new ClientPair(resolve(one), Optional.empty()));
        case TomlArray two when two.size() == 2 && allStrings(two) -> {
          Optional<Path> key =
              Optional.of(two.getString(1)).filter(k -> !k.isEmpty()).map(this::resolve);
          pairs.add(new ClientPair(resolve(two.getString(0)), key));
        }
        default ->
            throw bad(
                settings.inputPositionOf("client"),
                "client wants files or pairs [certificate, key]");
      }
    }
    return List.copyOf(pairs);
  }

  private Map<String, List<String>> headers(TomlTable settings) {
    TomlTable table = settings.getTable("header");
    Map<String, List<String>> headers = new LinkedHashMap<>();
    if (table != null) {
      for (String name : table.keySet()) {
        if (!name.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+")) {
          throw bad(table.inputPositionOf(List.of(name)), "bad header name \"" + name + "\"");
        }
        headers.put(name, strings(table, name));
      }
    }
    return Map.copyOf(headers);
  }

  private List<Path> paths(TomlTable settings, String key) {
    return strings(settings, key).stream().map(this::resolve).toList();
  }

  private Path resolve(String name) {
    return file.resolveSibling(name);
  }

  /** One string or a list of them. */
  private List<String> strings(TomlTable settings, String key) {
    Object value = settings.get(List.of(key));
    return switch (value) {
      case null -> List.of();
      case String one -> List.of(one);
      case TomlArray array when allStrings(array) ->
          array.toList().stream().map(String.class::cast).toList();
      default ->
          throw bad(
              settings.inputPositionOf(List.of(key)), key + " wants a string or a list of strings");
    };
  }

  private static boolean allStrings(TomlArray array) {
    return array.toList().stream().allMatch(String.class::isInstance);
  }

  private OciException bad(@org.jspecify.annotations.Nullable TomlPosition position, String why) {
    String where = position == null ? "" : " line " + position.line();
    return new OciException(OciException.Kind.FAILED_PRECONDITION, file + where + ": " + why);
  }
}
