package io.jcri.daemon.config;

import io.jcri.daemon.config.DaemonConfig.Cdi;
import io.jcri.daemon.config.DaemonConfig.Handler;
import io.jcri.daemon.config.DaemonConfig.Images;
import io.jcri.daemon.config.DaemonConfig.Network;
import io.jcri.daemon.config.DaemonConfig.Nri;
import io.jcri.daemon.config.DaemonConfig.PullWorker;
import io.jcri.daemon.config.DaemonConfig.Streaming;
import io.jcri.daemon.config.DaemonConfig.Tls;
import io.jcri.daemon.config.DaemonConfig.Tracing;
import io.jcri.daemon.config.DaemonConfig.Trust;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Makes the settings of what files and flags say together. Every key is optional; an unknown one is
 * an error with its line, because a misspelt key that is silently ignored costs an operator a
 * night.
 */
public final class ConfigFile {
  /** With a port or 4317, and with TLS or without, as OpenTelemetry writes it. */
  private static final Pattern ENDPOINT =
      Pattern.compile("(https?://)?([^\\s/:\\[\\]]+|\\[[0-9a-fA-F:.]+\\])(:[0-9]{1,5})?/?");

  private final List<String> problems;
  private final boolean complete;
  private final Map<String, Setting> settings = new LinkedHashMap<>();

  private ConfigFile(List<String> problems, boolean complete) {
    this.problems = problems;
    this.complete = complete;
  }

  /**
   * Reads the text of a file.
   *
   * @param origin the file's name for messages
   * @throws ConfigException naming every line that is wrong
   */
  public static DaemonConfig parse(String text, String origin) {
    ConfigTexts texts = new ConfigTexts();
    texts.add(text, origin);
    return texts.read().config();
  }

  /**
   * Reads what was put together.
   *
   * @param problems found before, and then all
   * @param complete false where something is missing of what was to be put together: what keys have
   *     to do with each other is not judged then
   */
  static LoadedConfig read(
      ConfigTree tree, List<Path> files, List<String> problems, boolean complete) {
    ConfigFile reader = new ConfigFile(problems, complete);
    DaemonConfig config = reader.daemon(tree.root());
    if (!problems.isEmpty()) {
      throw new ConfigException(problems);
    }
    return new LoadedConfig(config, reader.settings, files);
  }

  private DaemonConfig daemon(ConfigTree.Table tree) {
    DaemonConfig d = DaemonConfig.defaults();
    Keys keys = new Keys(tree, problems, settings);
    Path root = keys.path("root", d.root());
    Path state = keys.path("state", d.state());
    DaemonConfig config =
        new DaemonConfig(
            root,
            state,
            keys.path("socket", state.resolve("jcri.sock")),
            keys.oneOf("log_level", d.logLevel(), "trace", "debug", "info", "warn", "error"),
            keys.oneOf("log_format", d.logFormat(), "text", "json"),
            keys.oneOf("cgroup_driver", d.cgroupDriver(), "auto", "cgroupfs", "systemd"),
            keys.text("default_handler", d.defaultHandler()),
            handlers(keys.table("handlers"), d.handlers()),
            keys.flag("refuse_known_escapes", d.refuseKnownEscapes()),
            ContainerKeys.read(keys.table("containers"), d.containers()),
            images(keys.table("images"), d.images()),
            network(keys.table("network"), d.network()),
            cdi(keys.table("cdi"), d.cdi()),
            streaming(keys.table("streaming"), d.streaming()),
            nri(keys.table("nri"), d.nri()),
            MetricsKeys.read(keys.table("metrics"), complete),
            tracing(keys.table("tracing"), d.tracing()));
    keys.rejectUnknown();
    if (complete && !config.handlers().containsKey(config.defaultHandler())) {
      keys.problem(
          "default_handler",
          "%s is not among the handlers %s"
              .formatted(config.defaultHandler(), new TreeSet<>(config.handlers().keySet())));
    }
    SocketNames.tooLong(config.socket())
        .ifPresent(why -> problems.add(keys.place("socket", "state") + "socket " + why));
    return config;
  }

  /** A handler of the defaults is there whatever files say. */
  private Map<String, Handler> handlers(Keys keys, Map<String, Handler> defaults) {
    Map<String, Handler> handlers = new LinkedHashMap<>();
    Set<String> names = new TreeSet<>(defaults.keySet());
    names.addAll(keys.names());
    for (String name : names) {
      handlers.put(name, HandlerKeys.read(keys.table(name), name, complete));
    }
    return handlers;
  }

  private Images images(Keys keys, Images d) {
    Images images =
        new Images(
            keys.optionalPath("directory", d.directory()),
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
      keys.problem("pull_cgroup", "is no plain absolute path: " + cgroup);
    }
    PullWorker worker =
        new PullWorker(
            keys.seconds("pull_idle_seconds", d.idle()),
            Optional.of(cgroup).filter(text -> !text.isEmpty()),
            (long) keys.number("pull_memory_mib", (int) (d.memory() >> 20), 0, 1 << 20) << 20,
            keys.number("pull_millicpus", d.milliCpus(), 0, 1 << 20));
    if (complete && worker.cgroup().isEmpty() && (worker.memory() > 0 || worker.milliCpus() > 0)) {
      keys.problem(
          worker.memory() > 0 ? "pull_memory_mib" : "pull_millicpus",
          "is a limit of images.pull_cgroup, which is not set");
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

  private Nri nri(Keys keys, Nri d) {
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
    if (nri.enabled()) {
      SocketNames.tooLong(nri.socket()).ifPresent(why -> keys.problem("socket", why));
    }
    return nri;
  }

  private static Tracing tracing(Keys keys, Tracing d) {
    Tracing tracing =
        new Tracing(
            keys.text("endpoint", d.endpoint()),
            keys.number("samples_per_million", d.samplesPerMillion(), 0, 1_000_000));
    if (!tracing.endpoint().isEmpty() && !ENDPOINT.matcher(tracing.endpoint()).matches()) {
      keys.problem(
          "endpoint",
          "\"%s\" is no receiver, such as \"http://127.0.0.1:4317\"".formatted(tracing.endpoint()));
    }
    keys.rejectUnknown();
    return tracing;
  }

  private Cdi cdi(Keys keys, Cdi d) {
    Cdi cdi =
        new Cdi(keys.flag("enabled", d.enabled()), keys.paths("directories", d.directories()));
    keys.rejectUnknown();
    return cdi;
  }

  private Network network(Keys keys, Network d) {
    String podCidr = keys.cidrs("pod_cidr", d.podCidr().orElse(""));
    Network network =
        new Network(
            keys.path("configurations", d.configurations()),
            keys.paths("plugins", d.plugins()),
            keys.path("cache", d.cache()),
            keys.seconds("timeout_seconds", d.timeout()),
            podCidr.isEmpty() ? Optional.empty() : Optional.of(podCidr),
            keys.text("bridge", d.bridge()),
            keys.oneOf("host_ports", d.hostPorts(), "auto", "plugin", "jcri"),
            Duration.ofSeconds(
                keys.number(
                    "status_grace_seconds", (int) d.statusGrace().toSeconds(), 0, 24 * 3600)));
    keys.rejectUnknown();
    return network;
  }

  private Streaming streaming(Keys keys, Streaming d) {
    String address = keys.address("address", d.address());
    String certificate = keys.text("tls_certificate", "");
    String key = keys.text("tls_key", "");
    if (complete && certificate.isEmpty() != key.isEmpty()) {
      keys.problem(
          certificate.isEmpty() ? "tls_key" : "tls_certificate",
          "is set alone: streaming.tls_certificate and streaming.tls_key must be set together");
    } else if (complete && certificate.isEmpty() && !Keys.loopback(address)) {
      keys.problem(
          "address",
          "%s is not a loopback address: it needs tls_certificate and tls_key".formatted(address));
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
