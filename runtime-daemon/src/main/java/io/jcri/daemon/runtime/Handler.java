package io.jcri.daemon.runtime;

import io.jcri.daemon.config.DaemonConfig;
import io.jcri.daemon.config.HandlerRules;
import io.jcri.daemon.config.PodSandbox;
import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.node.NodeFacts;
import io.jcri.oci.runtime.OciRuntime;
import io.jcri.oci.runtime.RuntimeFeatures;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What pods name: one OCI runtime, or shim that is called like one.
 *
 * <p>Thread-safe. What the runtime can do is asked of it in the background, until it tells, and
 * again when its program was replaced by another.
 */
public final class Handler {
  private static final Logger log = LoggerFactory.getLogger(Handler.class);

  private final DaemonConfig.Handler config;
  private final HandlerProgram program;
  private final Optional<OciRuntime> runtime;
  private final NodeFacts node;
  private final boolean refuseKnownEscapes;
  private final PodSandbox sandbox;
  private final Optional<Path> shimConfig;
  private final PassedAnnotations annotations;
  private final Asked<RuntimeFeatures> features;
  private final Asked<FoundRuntime> version;
  private final CountDownLatch introduced;
  private volatile FoundRuntime summarized = FoundRuntime.UNKNOWN;

  Handler(
      DaemonConfig.Handler config,
      HandlerProgram program,
      Optional<OciRuntime> runtime,
      NodeFacts node,
      boolean refuseKnownEscapes,
      CountDownLatch introduced) {
    this.introduced = introduced;
    this.config = config;
    this.refuseKnownEscapes = refuseKnownEscapes;
    this.program = program;
    this.sandbox = config.sandbox();
    this.shimConfig = config.shimConfig();
    this.annotations = PassedAnnotations.of(config);
    this.runtime = runtime;
    this.node = node;
    this.features =
        asked(
            "features",
            () -> runtime.map(OciRuntime::features).orElse(RuntimeFeatures.UNKNOWN),
            program::file,
            RuntimeFeatures.UNKNOWN);
    this.version = asked("version", this::askVersion, this::installation, FoundRuntime.UNKNOWN);
  }

  /** Whether it is what a configuration wants, so that what is known of it still holds. */
  boolean is(DaemonConfig.Handler wanted, HandlerProgram its, boolean refusesKnownEscapes) {
    return config.equals(wanted)
        && program.equals(its)
        && refuseKnownEscapes == refusesKnownEscapes;
  }

  private <T> Asked<T> asked(
      String what, Supplier<T> question, Supplier<? extends Optional<?>> file, T unknown) {
    String name = what + " of " + program.name();
    return new Asked<>(
        name, question, file, unknown, Thread.ofVirtual().name(name)::start, System::nanoTime);
  }

  /** A package manager notes the version only after it has put the program in its place. */
  private Optional<Installation> installation() {
    return program.file().map(file -> new Installation(file, DpkgDatabase.OF_HOST.written()));
  }

  private record Installation(ProgramFile program, Optional<FileTime> noted) {}

  private FoundRuntime askVersion() {
    FoundRuntime found = runtime.map(this::ask).orElse(FoundRuntime.UNKNOWN);
    Thread.ofVirtual().name("introduction of " + program.name()).start(() -> introduce(found));
    return found;
  }

  /** As far as it is known by now, for the first line of a start. */
  String summary() {
    summarized = version.known().orElse(FoundRuntime.UNKNOWN);
    String path = program.found().map(Path::toString).orElse(program.wanted() + ", missing");
    return summarized.equals(FoundRuntime.UNKNOWN)
        ? path
        : path + ", " + summarized.name() + " " + summarized.number();
  }

  private FoundRuntime ask(OciRuntime runtime) {
    return program.shim()
        ? FoundRuntime.ofShim(runtime.version())
        : FoundRuntime.of(RuntimeVersion.parse(runtime.version()), runtime.options().binary());
  }

  /** Why this handler can't be used now, if it can't. */
  public Optional<String> problem() {
    return program
        .missing()
        .or(() -> refusal(version.get()).map(why -> program.name() + " " + why));
  }

  /** Why it is not known what this runtime is, when it was asked in vain. */
  public Optional<String> silence() {
    return version.failure().map(why -> program.name() + " tells no version: " + why);
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

  /**
   * Notes in the log, once, what a person should know of the runtime: after the first line of the
   * daemon's start, in which it may have been told.
   */
  private void introduce(FoundRuntime found) {
    try {
      introduced.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    Optional<String> old = found.version().refusal().or(found::escapes);
    if (old.isPresent()) {
      log.warn("{} {}", program.name(), old.get());
    } else if (!found.equals(summarized) && !found.equals(FoundRuntime.UNKNOWN)) {
      log.info("{} is {} {}", program.name(), found.name(), found.number());
    }
  }

  /** What was found out of the runtime, for people; waits for its answer. */
  public Map<String, Object> facts() {
    FoundRuntime found = version.get();
    Map<String, Object> facts = new TreeMap<>();
    facts.put(
        program.shim() ? "shim" : "binary",
        program.found().map(Path::toString).orElse(program.wanted()));
    shimConfig.ifPresent(file -> facts.put("shimConfig", file.toString()));
    if (!found.equals(FoundRuntime.UNKNOWN)) {
      facts.put("name", found.name());
      facts.put("version", found.number());
    }
    found.distribution().ifPresent(built -> facts.put("package", built));
    found.escapes().ifPresent(why -> facts.put("knownEscapes", why));
    facts.put("sandbox", sandbox.name().toLowerCase(Locale.ROOT));
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
    return runtime.orElseThrow(() -> JcriException.precondition(problem().orElse(program.name())));
  }

  /**
   * The words before the verb where a container is run: where the runtime is a shim, that is told
   * by them which pod the container belongs to.
   *
   * @param pod its ID, also for the pod's sandbox container
   */
  public List<String> runtimeArguments(String pod) {
    List<String> arguments = new ArrayList<>(runtime().options().extraArgs());
    if (program.shim()) {
      arguments.addAll(List.of("--sandbox", pod));
    }
    return arguments;
  }

  /** Whether it is a shim of containerd's: a container's process is a child of that one then. */
  public boolean shim() {
    return program.shim();
  }

  /** The name of the program that runs containers, without the way there. */
  public String programName() {
    return String.valueOf(program.found().map(Path::getFileName).orElse(Path.of(program.wanted())));
  }

  /**
   * What the runtime says of itself, as far as this kernel has it; waits for its answer when that
   * has not come yet.
   */
  public RuntimeFeatures features() {
    RuntimeFeatures told = features.get();
    return node.kernel().mountAttributes() ? told : told.withoutMountAttributes();
  }

  /** What the containers of its pods are put into. */
  public PodSandbox sandbox() {
    return sandbox;
  }

  /**
   * Whether its pods have more than jcri's own sandbox: a sandbox container, which their others are
   * put into, or what their shim has instead.
   */
  public boolean sandboxContainer() {
    return sandbox != PodSandbox.PAUSE;
  }

  /** What it has in store for its pods. */
  public HandlerRules rules() {
    return config.rules();
  }

  /** Whether root file systems of its containers are copies of their images, not overlays. */
  public boolean copiesRoot() {
    return rules().copiesRoot();
  }

  /**
   * Refuses a limit of memory that the handler's containers can't live with.
   *
   * @param limit bytes; none and those below 1 are no limit
   * @throws JcriException INVALID
   */
  public void requireMemory(Optional<Long> limit) {
    long least = rules().minMemory();
    if (limit.filter(bytes -> bytes > 0 && bytes < least).isPresent()) {
      throw JcriException.invalid(
          "memory limit %d is below %d, the least for containers of this handler (min_memory_mib)"
              .formatted(limit.get(), least));
    }
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
    return !sandboxContainer() && node.kernel().userNamespaces() && features().userNamespaces();
  }
}
