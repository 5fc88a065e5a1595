package io.jcri.daemon.config;

import java.net.SocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The daemon's settings, complete: what the file leaves out has its default here. The file's form
 * is shown by {@code jcri config default}.
 *
 * @param root what survives a reboot
 * @param state what ends with the machine
 * @param socket the CRI socket
 * @param logFormat {@code text} or {@code json}
 * @param cgroupDriver {@code cgroupfs}, {@code systemd}, or {@code auto} to ask the host
 * @param defaultHandler the handler of pods that name none
 * @param handlers OCI runtimes by handler name
 * @param refuseKnownEscapes whether an OCI runtime from which a way out is known runs nothing
 * @param containers what containers get that say nothing else
 */
public record DaemonConfig(
    Path root,
    Path state,
    Path socket,
    String logLevel,
    String logFormat,
    String cgroupDriver,
    String defaultHandler,
    Map<String, Handler> handlers,
    boolean refuseKnownEscapes,
    ContainerSettings containers,
    Images images,
    Network network,
    Cdi cdi,
    Streaming streaming,
    Nri nri,
    Metrics metrics,
    Tracing tracing) {

  public DaemonConfig {
    handlers = Map.copyOf(handlers);
  }

  /**
   * An OCI runtime, or a shim of containerd's that is called like one.
   *
   * @param program path of the runtime or the shim, or a name to look for on PATH
   * @param shim whether it is a shim: a program that speaks containerd's shim protocol, version 2
   * @param shimConfig a file of settings that the shim is told of
   * @param options arguments before the verb, each time the runtime is called
   * @param sandbox what a pod's containers are put into
   * @param podAnnotations {@link NamePattern}s of the annotations of a pod that its containers'
   *     runtime is told
   * @param containerAnnotations likewise, of a container's own annotations
   * @param rules for its pods
   */
  public record Handler(
      String program,
      boolean shim,
      Optional<Path> shimConfig,
      List<String> options,
      PodSandbox sandbox,
      List<String> podAnnotations,
      List<String> containerAnnotations,
      HandlerRules rules) {
    public Handler {
      options = List.copyOf(options);
      podAnnotations = List.copyOf(podAnnotations);
      containerAnnotations = List.copyOf(containerAnnotations);
    }

    /** An OCI runtime without options, that is told of no annotations. */
    public Handler(String program) {
      this(
          program,
          false,
          Optional.empty(),
          List.of(),
          PodSandbox.PAUSE,
          List.of(),
          List.of(),
          HandlerRules.NONE);
    }
  }

  /**
   * The process that pulls.
   *
   * @param idle how long it stays without work
   * @param cgroup its own, as a path below the root of each hierarchy; empty: the daemon's
   * @param memory how many bytes this cgroup may have, 0 for no limit
   * @param milliCpus thousandths of a processor that this cgroup may use, 0 for no limit
   */
  public record PullWorker(Duration idle, Optional<String> cgroup, long memory, int milliCpus) {}

  /**
   * Pulling and keeping images.
   *
   * @param directory where they are kept, empty for a folder of root
   * @param registryDirectories directories in containerd's {@code certs.d} form; the first that
   *     exists is used
   * @param registriesConf a file of containers-registries.conf(5), if it counts here
   * @param registryAuth a file of credentials in the form of Docker's config.json, if there is one
   * @param parallelLayers how many layers of one pull are fetched at once
   * @param noProgressTimeout after how long without a byte a host is given up
   * @param leastRate bytes a second that a host must send over each such time
   * @param strictPlatform whether an image for another platform is refused though no index says so
   * @param trust what is asked of images before they are taken
   * @param pinned images that are never offered for garbage collection
   * @param volumes what containers get for the volumes that their image declares: {@code copy},
   *     {@code directory} or {@code ignore}
   */
  public record Images(
      Optional<Path> directory,
      List<Path> registryDirectories,
      Optional<Path> registriesConf,
      Optional<Path> registryAuth,
      int parallelLayers,
      Duration noProgressTimeout,
      int leastRate,
      boolean strictPlatform,
      Trust trust,
      List<String> pinned,
      String volumes,
      PullWorker worker) {
    public Images {
      registryDirectories = List.copyOf(registryDirectories);
      pinned = List.copyOf(pinned);
    }
  }

  /**
   * Which images may be used.
   *
   * @param signaturePolicy a file of containers-policy.json(5), if it counts here
   * @param signaturePlaces a directory of containers-registries.d(5), which need not exist
   * @param verifiers a directory of programs to ask at each pull, as containerd asks them
   * @param verifierTimeout of each program
   */
  public record Trust(
      Optional<Path> signaturePolicy,
      Path signaturePlaces,
      Optional<Path> verifiers,
      Duration verifierTimeout) {}

  /**
   * CNI.
   *
   * @param podCidr for the default network that is generated when there is no configuration;
   *     comma-separated for dual stack; empty means wait for the kubelet's
   * @param hostPorts who leads the node's ports to pods, in the words of the key
   * @param statusGrace how long a network that was ready may fail before it is told
   */
  public record Network(
      Path configurations,
      List<Path> plugins,
      Path cache,
      Duration timeout,
      Optional<String> podCidr,
      String bridge,
      String hostPorts,
      Duration statusGrace) {
    public Network {
      plugins = List.copyOf(plugins);
    }
  }

  /**
   * Container Device Interface.
   *
   * @param directories of specification files; a device of a later one beats one of an earlier
   */
  public record Cdi(boolean enabled, List<Path> directories) {
    public Cdi {
      directories = List.copyOf(directories);
    }
  }

  /**
   * The server of exec, attach and port-forward sessions.
   *
   * @param address an IP address; other than a loopback address only with TLS
   * @param port 0 for any free one
   * @param idleTimeout after how long without a byte a session ends
   * @param tls empty for plain HTTP
   */
  public record Streaming(String address, int port, Duration idleTimeout, Optional<Tls> tls) {}

  /** PEM files, read again when they change; the key in PKCS #8. */
  public record Tls(Path certificate, Path key) {}

  /**
   * Plugins that watch and adjust containers.
   *
   * @param enabled without it no socket is opened and no plugin started
   * @param socket where plugins connect by themselves
   * @param plugins a directory of programs named {@code 10-name} that the daemon starts
   * @param configurations {@code 10-name.conf} or {@code name.conf} of those programs
   * @param registrationTimeout for a plugin that has connected, to name itself and to take in what
   *     is there
   * @param requestTimeout for its answer to anything else
   * @param required names of plugins without which no container is created
   * @param tolerateMissing the pod annotation that, when true, does without them; empty for none
   * @param reject what plugins may not adjust: {@code hooks}, {@code namespaces}, {@code sysctls},
   *     {@code seccomp-default}, {@code seccomp-unconfined}, {@code seccomp-custom}
   */
  public record Nri(
      boolean enabled,
      Path socket,
      Path plugins,
      Path configurations,
      Duration registrationTimeout,
      Duration requestTimeout,
      List<String> required,
      String tolerateMissing,
      List<String> reject) {
    public static final List<String> REJECTABLE =
        List.of(
            "hooks",
            "namespaces",
            "sysctls",
            "seccomp-default",
            "seccomp-unconfined",
            "seccomp-custom");

    public Nri {
      required = List.copyOf(required);
      reject = List.copyOf(reject);
    }
  }

  /**
   * Where Prometheus finds figures of the daemon's.
   *
   * @param address of a unix socket or an IP address with a port; empty: nothing is counted
   * @param tls empty for plain HTTP
   */
  public record Metrics(Optional<SocketAddress> address, Optional<Tls> tls) {
    /** Nothing is counted or served. */
    public static final Metrics OFF = new Metrics(Optional.empty(), Optional.empty());
  }

  /**
   * OpenTelemetry traces of calls. OpenTelemetry's variables beat these.
   *
   * @param endpoint who takes them, by OTLP over gRPC; empty for nobody
   * @param samplesPerMillion how many of the traces that begin here are recorded; a caller's trace
   *     is when its caller says so
   */
  public record Tracing(String endpoint, int samplesPerMillion) {}

  /** Where images are kept, with what containers write over them. */
  public Path imageDirectory() {
    return images.directory().orElse(root.resolve("image"));
  }

  /** What an empty file means. */
  public static DaemonConfig defaults() {
    Path state = Path.of("/run/jcri");
    return new DaemonConfig(
        Path.of("/var/lib/jcri"),
        state,
        state.resolve("jcri.sock"),
        "info",
        "text",
        "auto",
        "runc",
        Map.of("runc", new Handler("runc"), "crun", new Handler("crun")),
        false,
        ContainerSettings.defaults(),
        new Images(
            Optional.empty(),
            List.of(Path.of("/etc/jcri/certs.d"), Path.of("/etc/containerd/certs.d")),
            Optional.empty(),
            Optional.empty(),
            3,
            Duration.ofSeconds(60),
            1024,
            false,
            new Trust(
                Optional.empty(),
                Path.of("/etc/containers/registries.d"),
                Optional.empty(),
                Duration.ofSeconds(10)),
            List.of(),
            "copy",
            new PullWorker(Duration.ofSeconds(60), Optional.empty(), 0, 0)),
        new Network(
            Path.of("/etc/cni/net.d"),
            List.of(Path.of("/opt/cni/bin"), Path.of("/usr/lib/cni")),
            Path.of("/var/lib/cni"),
            Duration.ofSeconds(60),
            Optional.empty(),
            "jcri0",
            "auto",
            Duration.ZERO),
        new Cdi(true, List.of(Path.of("/etc/cdi"), Path.of("/var/run/cdi"))),
        new Streaming("127.0.0.1", 0, Duration.ofHours(4), Optional.empty()),
        new Nri(
            true,
            Path.of("/var/run/nri/nri.sock"),
            Path.of("/opt/nri/plugins"),
            Path.of("/etc/nri/conf.d"),
            Duration.ofSeconds(5),
            Duration.ofSeconds(2),
            List.of(),
            "",
            List.of()),
        Metrics.OFF,
        new Tracing("", 1_000_000));
  }
}
