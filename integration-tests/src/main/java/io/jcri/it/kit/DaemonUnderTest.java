package io.jcri.it.kit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The built jcri daemon with all its state in a test's folder. Not thread-safe.
 *
 * <p>The folder outlives a kill, so {@link #kill} and {@link #start} are a crash and its recovery.
 */
public final class DaemonUnderTest implements RuntimeUnderTest {
  private final Scratch scratch;
  private final Path configuration;
  private final List<String> moreArguments;
  private volatile RuntimeProcess run;

  private DaemonUnderTest(Settings settings, List<String> moreArguments) throws IOException {
    this.scratch = settings.scratch();
    this.configuration = scratch.disk().resolve("config.toml");
    this.moreArguments = moreArguments;
    Files.writeString(configuration, configuration(settings));
    this.run = RuntimeProcess.start(command(), log(), socket());
  }

  /** Starts a fresh daemon and waits until it serves. */
  public static DaemonUnderTest start(Settings settings, String... moreArguments)
      throws IOException {
    return new DaemonUnderTest(settings, List.of(moreArguments));
  }

  @Override
  public void start() throws IOException {
    run = RuntimeProcess.start(command(), log(), socket());
  }

  /** As {@link #start}, but returns at once, whatever becomes of it; to be killed by its caller. */
  public void startUnawaited() throws IOException {
    run = RuntimeProcess.launch(command(), log());
  }

  /** As {@link #start}, of another distribution: an upgrade, or the way back. */
  public void startFrom(Path distribution) throws IOException {
    run = RuntimeProcess.start(command(distribution), log(), socket());
  }

  /** As {@link #start}, by somebody who has this umask. */
  public void startUnder(String umask) throws IOException {
    List<String> command = new ArrayList<>(List.of("sh", "-c", "umask $0; exec \"$@\"", umask));
    command.addAll(command());
    run = RuntimeProcess.start(command, log(), socket());
  }

  /** As {@link #start}, by somebody who has it ignore these signals. */
  public void startIgnoring(String signals) throws IOException {
    List<String> command = new ArrayList<>(List.of("sh", "-c", "trap '' $0; exec \"$@\"", signals));
    command.addAll(command());
    run = RuntimeProcess.start(command, log(), socket());
  }

  /** As {@link #start}, with a folder of programs that come before those of the machine. */
  public void startWithPrograms(Path folder) throws IOException {
    List<String> command = new ArrayList<>();
    command.add("env");
    command.add("PATH=" + folder + ":" + System.getenv("PATH"));
    command.addAll(command());
    run = RuntimeProcess.start(command, log(), socket());
  }

  /** As {@link #start}, with variables such as {@code NAME=value}. */
  public void startWithVariables(List<String> variables) throws IOException {
    List<String> command = new ArrayList<>(List.of("env"));
    command.addAll(variables);
    command.addAll(command());
    run = RuntimeProcess.start(command, log(), socket());
  }

  @Override
  public void kill() throws IOException {
    run.kill();
  }

  /** Ends it as systemd would. Its pods go on. */
  public void stop() throws IOException {
    run.stop();
  }

  /** Returns its configuration, which a test may change between two runs. */
  public Path configuration() {
    return configuration;
  }

  /** Returns a file that adds to its configuration, and is not there yet. */
  public DropIn dropIn() {
    return new DropIn(
        configuration.resolveSibling("conf.d").resolve("50-test.toml"),
        state().resolve("admin.sock"));
  }

  /** Returns where it keeps what survives a reboot. */
  public Path root() {
    return scratch.disk().resolve("lib");
  }

  /** Returns where it looks for specifications of CDI devices. */
  public Path devices() {
    return scratch.disk().resolve("cdi");
  }

  /** Returns where it keeps what does not. */
  public Path state() {
    return scratch.state().resolve("d");
  }

  /** Returns where NRI plugins connect. */
  public Path nriSocket() {
    return scratch.state().resolve("nri").resolve("nri.sock");
  }

  /** Returns where it looks for NRI plugins to start. */
  public Path nriPlugins() {
    return scratch.disk().resolve("nri-plugins");
  }

  @Override
  public Path socket() {
    return state().resolve("jcri.sock");
  }

  @Override
  public ProcessHandle process() {
    return run.handle();
  }

  @Override
  public Path log() {
    return scratch.disk().resolve("jcri.log");
  }

  @Override
  public void close() throws IOException {
    if (!run.handle().isAlive()) {
      start();
    }
    try (CriClient client = client()) {
      client.removeAllPods();
    } finally {
      run.stop();
      PinnedNetworks.unmountBelow(scratch.state());
    }
  }

  private List<String> command() throws IOException {
    return command(Workspace.distribution());
  }

  private List<String> command(Path distribution) {
    List<String> command = new ArrayList<>();
    command.add(distribution.resolve("bin/jcri").toString());
    command.add("daemon");
    command.add("--config");
    command.add(configuration.toString());
    command.addAll(moreArguments);
    return command;
  }

  private String configuration(Settings settings) throws IOException {
    String defaultHandler = setting("JCRI_HANDLER", "runc");
    Map<String, HandlerUnderTest> handlers = new TreeMap<>(settings.handlers());
    if (!defaultHandler.equals("runc") && !handlers.containsKey(defaultHandler)) {
      handlers.put(defaultHandler, HandlerUnderTest.named(defaultHandler));
    }
    StringBuilder tables = new StringBuilder();
    for (var handler : handlers.entrySet()) {
      tables
          .append("\n[handlers.%s]\n".formatted(handler.getKey()))
          .append(handler.getValue().jcri(settings.scratch()))
          .append('\n');
    }
    return """
    root = "%s"
    state = "%s"
    cgroup_driver = "%s"
    default_handler = "%s"

    [images]
    registry_directories = ["%s"]

    [cdi]
    directories = ["%s"]

    [network]
    configurations = "%s"
    plugins = ["%s", "%s"]
    cache = "%s"
    bridge = "%s"

    [nri]
    socket = "%s"
    plugins = "%s"
    configurations = "%s"
    """
            .formatted(
                root(),
                state(),
                setting("JCRI_CGROUP_DRIVER", "auto"),
                defaultHandler,
                settings.registries(),
                devices(),
                settings.networks(),
                CniNetwork.PLUGINS,
                scratch.disk().resolve("cni-plugins"),
                scratch.disk().resolve("cni"),
                // the tables of nftables have a name by it
                scratch.state().getFileName(),
                nriSocket(),
                nriPlugins(),
                scratch.disk().resolve("nri-conf.d"))
        + tables;
  }

  /** For runs of all tests on another cgroup driver or OCI runtime than a node would choose. */
  private static String setting(String variable, String otherwise) {
    return Optional.ofNullable(System.getenv(variable)).orElse(otherwise);
  }
}
