package io.jcri.daemon.migrate;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * containerd's {@code registry} section. The directories of {@code config_path} are used as they
 * are; mirrors, TLS files and credentials that stand in the section itself become a {@code
 * hosts.toml} for each registry, which is never written over one that is there.
 */
final class Registries {
  private static final String IMAGES = "images";
  private static final String REGISTRY = "registry";

  /** Both read by jcri unless it is told otherwise. */
  private static final String OWN = "/etc/jcri/certs.d";

  private static final String CONTAINERDS = "/etc/containerd/certs.d";

  /** A name that is safe as that of a directory. */
  private static final Pattern HOST =
      Pattern.compile(
          "(?!\\.)[A-Za-z0-9._-]{1,253}(:[0-9]{1,5})?|\\[[0-9A-Fa-f:.]{2,45}\\](:[0-9]{1,5})?");

  private final Settings settings;
  private final Draft draft;
  private final Optional<Path> target;
  private final Predicate<Path> present;
  private final Map<String, RegistryAccess> access = new LinkedHashMap<>();
  private final List<HostsFile> files = new ArrayList<>();

  /**
   * @param target where files may be made
   * @param present whether a file is there
   */
  Registries(Settings settings, Draft draft, Optional<Path> target, Predicate<Path> present) {
    this.settings = settings;
    this.draft = draft;
    this.target = target;
    this.present = present;
  }

  /** Carries the section over and returns what is to be written for it. */
  List<HostsFile> carry() {
    Map<String, Setting> mirrors = mirrors();
    readAccess();
    Set<String> names = new LinkedHashSet<>(mirrors.keySet());
    names.addAll(access.keySet());
    List<Setting> written = new ArrayList<>();
    for (String name : names) {
      written.addAll(hostsFile(name, Optional.ofNullable(mirrors.get(name))));
    }
    directories(written);
    return List.copyOf(files);
  }

  private Map<String, Setting> mirrors() {
    Map<String, Setting> mirrors = new LinkedHashMap<>();
    for (String name : settings.names(IMAGES, REGISTRY, "mirrors")) {
      for (Setting one : settings.takeBelow(IMAGES, REGISTRY, "mirrors", name)) {
        if (!one.name().equals("endpoint")) {
          draft.lose(one, "hosts.toml has nothing for this");
        } else if (name.equals("*") || HOST.matcher(name).matches()) {
          mirrors.put(name, one);
        } else {
          draft.lose(one, "is for no name of a registry");
        }
      }
    }
    return mirrors;
  }

  private void readAccess() {
    for (String host : settings.names(IMAGES, REGISTRY, "configs")) {
      for (String kind : List.of("tls", "auth")) {
        settings
            .takeBelow(IMAGES, REGISTRY, "configs", host, kind)
            .forEach(one -> access(host, kind, one));
      }
    }
    for (String url : settings.names(IMAGES, REGISTRY, "auths")) {
      String host = url.replaceFirst("^https?://", "").replaceFirst("/.*$", "");
      settings.takeBelow(IMAGES, REGISTRY, "auths", url).forEach(one -> access(host, "auth", one));
    }
  }

  private void access(String host, String kind, Setting setting) {
    String name = host.equals("registry-1.docker.io") ? "docker.io" : host;
    if (HOST.matcher(name).matches()) {
      access.computeIfAbsent(name, _ -> new RegistryAccess(draft)).add(kind, setting);
    } else if (!setting.idle()) {
      draft.lose(setting, "is for no name of a registry");
    }
  }

  /**
   * Plans one file.
   *
   * @return what the directory of these files is there for
   */
  private List<Setting> hostsFile(String name, Optional<Setting> mirror) {
    Optional<RegistryAccess> own = Optional.ofNullable(access.get(name));
    List<Setting> sources = new ArrayList<>(mirror.stream().toList());
    own.ifPresent(one -> sources.addAll(one.sources()));
    if (sources.isEmpty()) {
      return List.of();
    }
    if (target.isEmpty()) {
      sources.forEach(
          one -> draft.lose(one, "say --certs-dir DIR and it is written to DIR/HOST/hosts.toml"));
      return List.of();
    }
    Path file = target.get().resolve(name.equals("*") ? "_default" : name).resolve("hosts.toml");
    StringBuilder text = new StringBuilder();
    text.append("# Made by `jcri config migrate` of\n");
    sources.forEach(one -> text.append("# %s: %s\n".formatted(one.origin(), one.key())));
    boolean secret = false;
    if (own.isPresent()) {
      own.get().lines().forEach(line -> text.append(line).append('\n'));
      Optional<String> authorization = own.get().authorization();
      authorization.ifPresent(value -> header(text, "header", value));
      secret = authorization.isPresent();
    }
    for (String endpoint :
        mirror.map(Setting::texts).orElse(List.of()).stream().distinct().toList()) {
      Optional<URI> uri = uri(endpoint);
      if (uri.isPresent()) {
        secret |= host(text, uri.get());
      } else {
        mirror.ifPresent(one ->
            draft.lose(one, TomlText.brief(endpoint) + " is not http(s)://host[:port][/path]"));
      }
    }
    HostsFile hosts = new HostsFile(file, text.toString(), secret);
    if (!present.test(file)) {
      files.add(hosts);
    } else if (!isThere(hosts)) {
      sources.forEach(
          one -> draft.lose(one, TomlText.visible(file.toString()) + " is there and is kept"));
    }
    return sources;
  }

  /** As a migration before this one has left it. */
  private static boolean isThere(HostsFile hosts) {
    try {
      return Files.readString(hosts.file()).equals(hosts.text());
    } catch (IOException e) {
      return false;
    }
  }

  /** The table of one mirror; whether there is a password in it. */
  private boolean host(StringBuilder text, URI uri) {
    String table = "host." + TomlText.text(uri.toString());
    text.append("\n[").append(table).append("]\n");
    text.append("capabilities = [\"pull\", \"resolve\"]\n");
    String path = Optional.ofNullable(uri.getRawPath()).orElse("");
    if (!path.isEmpty() && !path.equals("/")) {
      // containerd takes the path of an endpoint here as the whole of it.
      text.append("override_path = true\n");
    }
    String authority = uri.getRawAuthority();
    RegistryAccess own =
        access.get(authority.equals("registry-1.docker.io") ? "docker.io" : authority);
    if (own == null) {
      return false;
    }
    own.lines().forEach(line -> text.append(line).append('\n'));
    Optional<String> authorization = own.authorization();
    authorization.ifPresent(value -> header(text, table + ".header", value));
    return authorization.isPresent();
  }

  private static void header(StringBuilder text, String table, String value) {
    text.append('[').append(table).append("]\n");
    text.append("authorization = [").append(TomlText.text(value)).append("]\n");
  }

  private static Optional<URI> uri(String endpoint) {
    String local = "(localhost|127\\.[0-9.]+)(:.*|/.*)?";
    String whole =
        endpoint.contains("://")
            ? endpoint
            : (endpoint.matches(local) ? "http://" : "https://") + endpoint;
    try {
      URI uri = URI.create(whole);
      String authority = Optional.ofNullable(uri.getRawAuthority()).orElse("");
      boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      return web
              && HOST.matcher(authority).matches()
              && uri.getRawQuery() == null
              && uri.getRawFragment() == null
          ? Optional.of(uri)
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private void directories(List<Setting> written) {
    Optional<Setting> said =
        settings.take(IMAGES, REGISTRY, "config_path").filter(one -> !one.idle());
    List<String> directories = new ArrayList<>();
    List<Setting> sources = new ArrayList<>();
    if (!written.isEmpty() && target.isPresent()) {
      directories.add(target.get().toString());
      sources.addAll(written);
    }
    for (String one : said.map(Setting::text).orElse("").split(":", -1)) {
      Conversion.path(one).ifPresent(path -> directories.add(path.toString()));
    }
    said.ifPresent(sources::add);
    boolean usual =
        directories.isEmpty()
            || directories.equals(List.of(CONTAINERDS))
            || directories.equals(List.of(OWN));
    if (usual) {
      return;
    }
    if (said.isEmpty()) {
      directories.add(CONTAINERDS);
    }
    Draft.Line line = new Draft.Line("registry_directories", TomlText.value(directories));
    draft.add(new Draft.Piece(IMAGES, List.of(line), sources));
  }
}
