package io.jcri.daemon.runtime;

import io.jcri.daemon.config.DaemonConfig;
import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.core.Layout;
import io.jcri.daemon.node.NodeFacts;
import io.jcri.oci.runtime.OciRuntime;
import io.jcri.sandbox.cgroup.CgroupDriver;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;

/**
 * The handlers that pods may name. A configured one whose binary is missing is not offered, except
 * the default: without that the node is not ready, and Status says why.
 *
 * <p>Thread-safe.
 */
public final class Handlers {
  private final Supplier<DaemonConfig> config;
  private final Layout layout;
  private final NodeFacts node;
  private final Path adapter;
  private final CountDownLatch introduced = new CountDownLatch(1);
  private volatile Table table;

  private Handlers(Supplier<DaemonConfig> config, Layout layout, NodeFacts node, Path adapter) {
    this.config = config;
    this.layout = layout;
    this.node = node;
    this.adapter = adapter;
    this.table = find(config.get(), Map.of());
  }

  /**
   * What the handlers are, each as far as it is known by now: {@link #introduce} tells the rest.
   */
  public List<String> summary() {
    return all().entrySet().stream()
        .map(entry -> entry.getKey() + " (" + entry.getValue().summary() + ")")
        .toList();
  }

  /** From now on the log is told of what the runtimes tell of themselves. */
  public void introduce() {
    introduced.countDown();
  }

  /**
   * The handlers of one configuration.
   *
   * @param former those that were taken out of it while pods may have them: these go on
   */
  private record Table(
      DaemonConfig of, Map<String, Handler> offered, Map<String, Handler> former) {}

  /**
   * Looks for the configured programs, and again when the configuration has become another one.
   *
   * @param adapter the program of jcri's by which shims are called
   */
  public static Handlers of(
      Supplier<DaemonConfig> config, Layout layout, NodeFacts node, Path adapter) {
    return new Handlers(config, layout, node, adapter);
  }

  /** The same for a configuration that does not change. */
  public static Handlers find(DaemonConfig config, Layout layout, NodeFacts node, Path adapter) {
    return of(() -> config, layout, node, adapter);
  }

  @SuppressWarnings("ReferenceEquality") // One that was read again is another, even if it is equal.
  private Table table() {
    Table last = table;
    return last.of == config.get() ? last : renewed();
  }

  @SuppressWarnings("ReferenceEquality")
  private synchronized Table renewed() {
    DaemonConfig now = config.get();
    if (table.of != now) {
      Map<String, Handler> known = new TreeMap<>(table.former);
      known.putAll(table.offered);
      table = find(now, known);
    }
    return table;
  }

  /** What one knows of a program is kept as long as it is the same. */
  private Table find(DaemonConfig of, Map<String, Handler> known) {
    boolean systemd = node.cgroups().driver() == CgroupDriver.SYSTEMD;
    Map<String, Handler> offered = new TreeMap<>();
    of.handlers()
        .forEach((name, wanted) -> {
          HandlerProgram program = HandlerProgram.of(wanted);
          Optional<OciRuntime> runtime =
              program.runtime(wanted, adapter, layout.runtimeState(name), systemd);
          Handler before = known.get(name);
          boolean same = before != null && before.is(wanted, program, of.refuseKnownEscapes());
          if (runtime.isPresent() || name.equals(of.defaultHandler())) {
            offered.put(
                name,
                same
                    ? before
                    : new Handler(
                        wanted, program, runtime, node, of.refuseKnownEscapes(), introduced));
          }
        });
    Map<String, Handler> former = new TreeMap<>(known);
    former.keySet().removeAll(offered.keySet());
    return new Table(of, Collections.unmodifiableMap(offered), former);
  }

  /** Those that new pods may name. */
  public Map<String, Handler> all() {
    return table().offered;
  }

  public Set<String> names() {
    return table().offered.keySet();
  }

  public String defaultName() {
    return table().of.defaultHandler();
  }

  public Handler defaultHandler() {
    return require(defaultName());
  }

  /**
   * Checks a name by which somebody says for which handler something is; the program of one that
   * was taken out of the configuration may still be wanted.
   *
   * @param field of the request, for messages
   * @throws JcriException INVALID for a name that is not configured, FAILED_PRECONDITION for one
   *     whose program is missing
   */
  public void requireKnown(String name, String field) {
    Table now = table();
    if (now.offered.containsKey(name) || now.former.containsKey(name)) {
      return;
    }
    DaemonConfig.Handler configured = now.of.handlers().get(name);
    if (configured == null) {
      throw JcriException.invalid("%s: runtime handler %s is unknown".formatted(field, name));
    }
    throw JcriException.precondition(
        "%s: runtime handler %s cannot be used: %s"
            .formatted(
                field,
                name,
                HandlerProgram.of(configured)
                    .missing()
                    .orElse("its program was not there when the configuration was read")));
  }

  /**
   * The handler of this name, also when new pods may not name it any more.
   *
   * @throws JcriException INVALID for a name that is not configured
   */
  public Handler require(String name) {
    Table now = table();
    return Optional.ofNullable(now.offered.get(name))
        .or(() -> Optional.ofNullable(now.former.get(name)))
        .orElseThrow(() -> JcriException.invalid("runtime handler " + name + " is unknown"));
  }
}
