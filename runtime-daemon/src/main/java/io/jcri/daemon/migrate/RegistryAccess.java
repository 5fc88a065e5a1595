package io.jcri.daemon.migrate;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * With what one host is asked: its TLS files and its credentials, of {@code registry.configs} and
 * {@code registry.auths}.
 */
final class RegistryAccess {
  private final Map<String, Setting> tls = new LinkedHashMap<>();
  private final Map<String, Setting> auth = new LinkedHashMap<>();
  private final Draft draft;

  RegistryAccess(Draft draft) {
    this.draft = draft;
  }

  /** Takes one of the settings of this host, or tells why not. */
  void add(String kind, Setting setting) {
    String name = setting.name();
    if (setting.idle()) {
      return;
    }
    if (kind.equals("tls") && name.equals("insecure_skip_verify")) {
      tls.put(name, setting);
    } else if (kind.equals("tls") && List.of("ca_file", "cert_file", "key_file").contains(name)) {
      if (Path.of(setting.text().replace('\0', ' ')).isAbsolute()) {
        tls.put(name, setting);
      } else {
        draft.lose(setting, "in hosts.toml this would be relative to another directory");
      }
    } else if (kind.equals("auth") && List.of("username", "password", "auth").contains(name)) {
      auth.put(name, setting);
    } else if (kind.equals("auth") && name.equals("identitytoken")) {
      draft.lose(
          setting,
          "write it into a file in the form of Docker's config.json, images.registry_auth");
    } else {
      draft.lose(setting, "hosts.toml has nothing for this");
    }
  }

  List<Setting> sources() {
    List<Setting> all = new ArrayList<>(tls.values());
    all.addAll(auth.values());
    return all;
  }

  /** Lines for the table of the host. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    Optional.ofNullable(tls.get("ca_file"))
        .ifPresent(ca -> lines.add("ca = " + TomlText.text(ca.text())));
    Setting certificate = tls.get("cert_file");
    Setting key = tls.get("key_file");
    if (certificate != null) {
      List<String> pair = List.of(certificate.text(), key == null ? "" : key.text());
      lines.add("client = " + TomlText.value(List.of(pair)));
    } else if (key != null) {
      draft.lose(key, "a key without a certificate says nothing");
    }
    Setting insecure = tls.get("insecure_skip_verify");
    if (insecure != null && insecure.isTrue()) {
      lines.add("skip_verify = true");
    }
    return lines;
  }

  /** The value of the Authorization header, if there are credentials. */
  Optional<String> authorization() {
    Setting whole = auth.get("auth");
    Setting user = auth.get("username");
    Setting password = auth.get("password");
    if (user != null && password != null) {
      byte[] pair = (user.text() + ":" + password.text()).getBytes(StandardCharsets.UTF_8);
      return Optional.of("Basic " + Base64.getEncoder().encodeToString(pair));
    }
    if (whole != null && whole.text().matches("[A-Za-z0-9+/=]+")) {
      return Optional.of("Basic " + whole.text());
    }
    auth.values().forEach(one -> draft.lose(one, "is half of a name and password, or neither"));
    auth.clear();
    return Optional.empty();
  }
}
