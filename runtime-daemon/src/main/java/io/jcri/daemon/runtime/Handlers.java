package io.jcri.daemon.runtime;

import io.jcri.daemon.config.DaemonConfig;
import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.core.Layout;
import io.jcri.daemon.node.NodeFacts;
import io.jcri.oci.runtime.OciRuntime;
import io.jcri.oci.runtime.RuntimeFeatures;
import io.jcri.sandbox.cgroup.CgroupDriver;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The handlers that pods may name. A configured one whose binary is missing is not offered, except
 * the default: without that the node is not ready, and Status says why.
 *
 * <p>Thread-safe. What a runtime can do is asked of it in the background, until it tells, and again
 * when its program was replaced by another.
 */
public final class Handlers {
  private static final Logger log = LoggerFactory.getLogger(Handlers.class);

  private final String defaultName;
  private final Map<String, Handler> handlers;

  private Handlers(String defaultName, Map<String, Handler> handlers) {
    this.defaultName = defaultName;
    this.handlers = handlers;
  }

  /** One OCI runtime. */
  public static final class Handler {
    private final Optional<OciRuntime> runtime;
    private final String binary;
    private final NodeFacts node;
    private final boolean refuseKnownEscapes;
    private final boolean sandboxContainer;
    private final PassedAnnotations annotations;
    private final Asked<RuntimeFeatures> features;
    private final Asked<FoundRuntime> version;

    private Handler(
        DaemonConfig.Handler config,
        Optional<OciRuntime> runtime,
        NodeFacts node,
        boolean refuseKnownEscapes) {
      this.refuseKnownEscapes = refuseKnownEscapes;
      this.binary = config.binary();
      this.sandboxContainer = config.sandboxContainer();
      this.annotations = PassedAnnotations.of(config);
      this.runtime = runtime;
      this.node = node;
      this.features =
          asked(
              "features",
              () -> runtime.map(OciRuntime::features).orElse(RuntimeFeatures.UNKNOWN),
              this::program,
              RuntimeFeatures.UNKNOWN);
      this.version = asked("version", this::askVersion, this::installation, FoundRuntime.UNKNOWN);
    }

    private <T> Asked<T> asked(
        String what, Supplier<T> question, Supplier<? extends Optional<?>> file, T unknown) {
      String name = what + " of OCI runtime " + binary;
      return new Asked<>(
          name, question, file, unknown, Thread.ofVirtual().name(name)::start, System::nanoTime);
    }

    private Optional<ProgramFile> program() {
      return runtime.flatMap(r -> ProgramFile.of(r.options().binary()));
    }

    /** A package manager notes the version only after it has put the program in its place. */
    private Optional<Installation> installation() {
      return program().map(file -> new Installation(file, DpkgDatabase.OF_HOST.written()));
    }

    private record Installation(ProgramFile program, Optional<FileTime> noted) {}

    private FoundRuntime askVersion() {
      FoundRuntime found = runtime.map(Handler::ask).orElse(FoundRuntime.UNKNOWN);
      warnOfAge(found);
      return found;
    }

    private static FoundRuntime ask(OciRuntime runtime) {
      return FoundRuntime.of(RuntimeVersion.parse(runtime.version()), runtime.options().binary());
    }

    /** Why this handler can't be used now, if it can't. */
    public Optional<String> problem() {
      if (runtime.isEmpty()) {
        return Optional.of("OCI runtime " + binary + " is not installed: it was not found on PATH");
      }
      Path program = runtime.get().options().binary();
      return Files.isExecutable(program)
          ? refusal(version.get()).map(why -> "OCI runtime " + program + " " + why)
          : Optional.of("OCI runtime " + program + " is gone");
    }

    /** Why it is not known what this runtime is, when it was asked in vain. */
    public Optional<String> silence() {
      return version.failure().map(why -> "OCI runtime " + binary + " tells no version: " + why);
    }

    private Optional<String> refusal(FoundRuntime found) {
      Optional<String> tooOld = found.version().refusal();
      if (tooOld.isPresent() || !refuseKnownEscapes) {
        return tooOld;
      }
      return found
          .escapes()
          .or(() -> version.failure().map(why -> "does not tell its version: " + why));
    }

    /** Notes in the log, once, what a person should know of the runtime's age. */
    private void warnOfAge(FoundRuntime found) {
      found
          .version()
          .refusal()
          .or(found::escapes)
          .ifPresent(why -> log.warn("OCI runtime {} {}", binary, why));
    }

    /** What was found out of the runtime, for people; waits for its answer. */
    public Map<String, Object> facts() {
      FoundRuntime found = version.get();
      Map<String, Object> facts = new TreeMap<>();
      facts.put("binary", runtime.map(r -> r.options().binary().toString()).orElse(binary));
      if (!found.equals(FoundRuntime.UNKNOWN)) {
        facts.put("name", found.version().name());
        facts.put("version", found.version().number());
      }
      found.distribution().ifPresent(built -> facts.put("package", built));
      found.escapes().ifPresent(why -> facts.put("knownEscapes", why));
      facts.put("sandbox", sandboxContainer ? "container" : "pause");
      facts.put("features", abilities());
      return facts;
    }

    private Map<String, Object> abilities() {
      RuntimeFeatures told = features();
      Map<String, Object> abilities = new TreeMap<>();
      abilities.put("ociVersion", told.ociVersionMax());
      abilities.put("recursiveReadOnlyMounts", recursiveReadOnlyMounts());
      abilities.put("idMappedMounts", told.idmappedMounts());
      abilities.put("userNamespaces", userNamespaces());
      abilities.put("netDevices", told.netDevices());
      abilities.put("execCgroup", execCgroup());
      told.checkpoints().ifPresent(can -> abilities.put("checkpoints", can));
      return abilities;
    }

    /**
     * The runtime, ready to be called.
     *
     * @throws JcriException FAILED_PRECONDITION when the binary is missing
     */
    public OciRuntime runtime() {
      return runtime.orElseThrow(() -> JcriException.precondition(problem().orElse(binary)));
    }

    /**
     * What the runtime says of itself, as far as this kernel has it; waits for its answer when that
     * has not come yet.
     */
    public RuntimeFeatures features() {
      RuntimeFeatures told = features.get();
      return node.kernel().mountAttributes() ? told : told.withoutMountAttributes();
    }

    /** Whether its pods have a sandbox container, which their others are put into. */
    public boolean sandboxContainer() {
      return sandboxContainer;
    }

    /** Which annotations of pods and containers the runtime is told. */
    public PassedAnnotations annotations() {
      return annotations;
    }

    /** Whether an exec can be put into a cgroup of its own. */
    public boolean execCgroup() {
      return version.get().version().execCgroup(node.cgroups().v2());
    }

    public boolean recursiveReadOnlyMounts() {
      return features().recursiveReadOnlyMounts();
    }

    /** The files of a sandbox container lie where the root of a user namespace may not go. */
    public boolean userNamespaces() {
      return !sandboxContainer && node.kernel().userNamespaces() && features().userNamespaces();
    }
  }

  /** Looks for the configured binaries. */
  public static Handlers find(DaemonConfig config, Layout layout, NodeFacts node) {
    boolean systemd = node.cgroups().driver() == CgroupDriver.SYSTEMD;
    Map<String, Handler> handlers = new TreeMap<>();
    config
        .handlers()
        .forEach((name, wanted) -> {
          Optional<OciRuntime> runtime =
              binary(wanted.binary())
                  .map(path ->
                      new OciRuntime(
                          OciRuntime.Options.of(
                              path, layout.runtimeState(name), systemd, wanted.options())));
          if (runtime.isPresent() || name.equals(config.defaultHandler())) {
            handlers.put(name, new Handler(wanted, runtime, node, config.refuseKnownEscapes()));
          }
        });
    return new Handlers(config.defaultHandler(), Collections.unmodifiableMap(handlers));
  }

  /**
   * An absolute path as it is; a name by PATH and the places where a daemon's PATH may not look.
   */
  static Optional<Path> binary(String name) {
    if (name.indexOf('/') >= 0) {
      return Optional.of(Path.of(name)).filter(Files::isExecutable);
    }
    String path = System.getenv().getOrDefault("PATH", "");
    return Stream.concat(
            Stream.of(path.split(File.pathSeparator)),
            Stream.of("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin"))
        .filter(directory -> directory.startsWith("/"))
        .map(directory -> Path.of(directory, name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  public Map<String, Handler> all() {
    return handlers;
  }

  public Set<String> names() {
    return handlers.keySet();
  }

  public String defaultName() {
    return defaultName;
  }

  public Handler defaultHandler() {
    return require(defaultName);
  }

  /**
   * The handler of this name.
   *
   * @throws JcriException INVALID for a name that is not configured
   */
  public Handler require(String name) {
    return Optional.ofNullable(handlers.get(name))
        .orElseThrow(() -> JcriException.invalid("runtime handler " + name + " is unknown"));
  }
}
