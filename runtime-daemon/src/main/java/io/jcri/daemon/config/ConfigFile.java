package io.jcri.daemon.config;

import io.jcri.daemon.config.DaemonConfig.Cdi;
import io.jcri.daemon.config.DaemonConfig.Handler;
import io.jcri.daemon.config.DaemonConfig.Images;
import io.jcri.daemon.config.DaemonConfig.Network;
import io.jcri.daemon.config.DaemonConfig.Nri;
import io.jcri.daemon.config.DaemonConfig.PullWorker;
import io.jcri.daemon.config.DaemonConfig.Streaming;
import io.jcri.daemon.config.DaemonConfig.Tls;
import io.jcri.daemon.config.DaemonConfig.Trust;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlTable;

/**
 * Reads {@code /etc/jcri/config.toml}. Every key is optional; an unknown one is an error with its
 * line, because a misspelt key that is silently ignored costs an operator a night.
 */
public final class ConfigFile {
  private final List<String> problems = new ArrayList<>();

  private ConfigFile() {}

  /**
   * Reads a file.
   *
   * @throws ConfigException naming the file and every line that is wrong
   * @throws IOException when the file can't be read
   */
  public static DaemonConfig read(Path file) throws IOException {
    return parse(Files.readString(file), file.toString());
  }

  /**
   * Reads the text of a file.
   *
   * @param origin the file's name for messages
   * @throws ConfigException naming every line that is wrong
   */
  public static DaemonConfig parse(String text, String origin) {
    TomlParseResult toml = Toml.parse(text);
    ConfigFile reader = new ConfigFile();
    for (TomlParseError error : toml.errors()) {
      reader.problems.add("line %d: %s".formatted(error.position().line(), error.getMessage()));
    }
    DaemonConfig config = reader.problems.isEmpty() ? reader.daemon(toml) : DaemonConfig.defaults();
    if (!reader.problems.isEmpty()) {
      throw new ConfigException(origin, reader.problems);
    }
    return config;
  }

  private DaemonConfig daemon(TomlTable toml) {
    DaemonConfig d = DaemonConfig.defaults();
    Keys keys = new Keys(toml, "", problems);
    Path state = keys.path("state", d.state());
    DaemonConfig config =
        new DaemonConfig(
            keys.path("root", d.root()),
            state,
            keys.path("socket", state.resolve("jcri.sock")),
            keys.oneOf("log_level", d.logLevel(), "trace", "debug", "info", "warn", "error"),
            keys.oneOf("log_format", d.logFormat(), "text", "json"),
            keys.oneOf("cgroup_driver", d.cgroupDriver(), "auto", "cgroupfs", "systemd"),
            keys.text("default_handler", d.defaultHandler()),
            handlers(keys.table("handlers"), d.handlers()),
            keys.flag("refuse_known_escapes", d.refuseKnownEscapes()),
            images(keys.table("images"), d.images()),
            network(keys.table("network"), d.network()),
            cdi(keys.table("cdi"), d.cdi()),
            streaming(keys.table("streaming"), d.streaming()),
            nri(keys.table("nri"), d.nri()));
    keys.rejectUnknown();
    if (!config.handlers().containsKey(config.defaultHandler())) {
      problems.add(
          "default_handler %s is not among the handlers %s"
              .formatted(config.defaultHandler(), config.handlers().keySet()));
    }
    problems.addAll(SocketNames.problems(config));
    return config;
  }

  private Map<String, Handler> handlers(@Nullable Keys keys, Map<String, Handler> defaults) {
    if (keys == null) {
      return defaults;
    }
    Map<String, Handler> handlers = new LinkedHashMap<>(defaults);
    for (String name : keys.names()) {
      @Nullable Keys handler = keys.table(name);
      if (handler != null) {
        handlers.put(name, HandlerKeys.read(handler, name));
      }
    }
    return handlers;
  }

  private Images images(@Nullable Keys keys, Images d) {
    if (keys == null) {
      return d;
    }
    Images images =
        new Images(
            keys.paths("registry_directories", d.registryDirectories()),
            keys.optionalPath("registries_conf", d.registriesConf()),
            keys.optionalPath("registry_auth", d.registryAuth()),
            keys.number("parallel_layers", d.parallelLayers(), 1, 32),
            keys.seconds("no_progress_timeout_seconds", d.noProgressTimeout()),
            keys.number("least_bytes_per_second", d.leastRate(), 0, 1 << 30),
            keys.flag("strict_platform", d.strictPlatform()),
            trust(keys, d.trust()),
            keys.texts("pinned", d.pinned()),
            keys.oneOf("volumes", d.volumes(), "copy", "directory", "ignore"),
            pullWorker(keys, d.worker()));
    keys.rejectUnknown();
    return images;
  }

  private PullWorker pullWorker(Keys keys, PullWorker d) {
    String cgroup = keys.text("pull_cgroup", d.cgroup().orElse(""));
    if (!cgroup.isEmpty() && (!cgroup.startsWith("/") || !isNormal(cgroup))) {
      problems.add("images.pull_cgroup is no plain absolute path: " + cgroup);
    }
    PullWorker worker =
        new PullWorker(
            keys.seconds("pull_idle_seconds", d.idle()),
            Optional.of(cgroup).filter(text -> !text.isEmpty()),
            (long) keys.number("pull_memory_mib", (int) (d.memory() >> 20), 0, 1 << 20) << 20,
            keys.number("pull_millicpus", d.milliCpus(), 0, 1 << 20));
    if (worker.cgroup().isEmpty() && (worker.memory() > 0 || worker.milliCpus() > 0)) {
      problems.add(
          "images.pull_memory_mib and pull_millicpus are limits of images.pull_cgroup, which is not set");
    }
    return worker;
  }

  private static boolean isNormal(String path) {
    return Path.of(path).normalize().toString().equals(path) && path.length() > 1;
  }

  private static Trust trust(Keys keys, Trust d) {
    return new Trust(
        keys.optionalPath("signature_policy", d.signaturePolicy()),
        keys.path("signature_registries_d", d.signaturePlaces()),
        keys.optionalPath("verifier_dir", d.verifiers()),
        keys.seconds("verifier_timeout_seconds", d.verifierTimeout()));
  }

  private Nri nri(@Nullable Keys keys, Nri d) {
    if (keys == null) {
      return d;
    }
    Nri nri =
        new Nri(
            keys.flag("enabled", d.enabled()),
            keys.path("socket", d.socket()),
            keys.path("plugins", d.plugins()),
            keys.path("configurations", d.configurations()),
            keys.seconds("registration_timeout_seconds", d.registrationTimeout()),
            keys.seconds("request_timeout_seconds", d.requestTimeout()),
            keys.texts("required", d.required()),
            keys.text("tolerate_missing", d.tolerateMissing()),
            keys.someOf("reject", d.reject(), Nri.REJECTABLE));
    keys.rejectUnknown();
    return nri;
  }

  private Cdi cdi(@Nullable Keys keys, Cdi d) {
    if (keys == null) {
      return d;
    }
    Cdi cdi =
        new Cdi(keys.flag("enabled", d.enabled()), keys.paths("directories", d.directories()));
    keys.rejectUnknown();
    return cdi;
  }

  private Network network(@Nullable Keys keys, Network d) {
    if (keys == null) {
      return d;
    }
    String podCidr = keys.text("pod_cidr", d.podCidr().orElse(""));
    Network network =
        new Network(
            keys.path("configurations", d.configurations()),
            keys.paths("plugins", d.plugins()),
            keys.path("cache", d.cache()),
            keys.seconds("timeout_seconds", d.timeout()),
            podCidr.isEmpty() ? Optional.empty() : Optional.of(podCidr),
            keys.text("bridge", d.bridge()));
    keys.rejectUnknown();
    return network;
  }

  private Streaming streaming(@Nullable Keys keys, Streaming d) {
    if (keys == null) {
      return d;
    }
    String address = keys.address("address", d.address());
    String certificate = keys.text("tls_certificate", "");
    String key = keys.text("tls_key", "");
    if (certificate.isEmpty() != key.isEmpty()) {
      problems.add("streaming.tls_certificate and streaming.tls_key must be set together");
    } else if (certificate.isEmpty() && !Keys.loopback(address)) {
      problems.add(
          "streaming.address %s is not a loopback address: it needs tls_certificate and tls_key"
              .formatted(address));
    }
    Streaming streaming =
        new Streaming(
            address,
            keys.number("port", d.port(), 0, 65535),
            keys.seconds("idle_timeout_seconds", d.idleTimeout()),
            certificate.isEmpty()
                ? Optional.empty()
                : Optional.of(
                    new Tls(
                        keys.path("tls_certificate", Path.of("/")),
                        keys.path("tls_key", Path.of("/")))));
    keys.rejectUnknown();
    return streaming;
  }
}
