package io.jcri.it.conformance;

import io.jcri.it.kit.CniNetwork;
import io.jcri.it.kit.ContainerdUnderTest;
import io.jcri.it.kit.DaemonUnderTest;
import io.jcri.it.kit.HandlerUnderTest;
import io.jcri.it.kit.HostsDirectory;
import io.jcri.it.kit.Leaks;
import io.jcri.it.kit.LocalRegistry;
import io.jcri.it.kit.RuntimeUnderTest;
import io.jcri.it.kit.Scratch;
import io.jcri.it.kit.Tools;
import io.jcri.it.kit.Workspace;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The program behind {@code scripts/conformance}: critest against a fresh runtime. Ends with the
 * counts on the last line, and with 0 only when specs ran, none failed and nothing was left behind.
 */
public final class Conformance {
  private static final String SUBNET = "10.232.0.0/16";

  private final Arguments arguments;
  private final PrintStream out;

  private Conformance(Arguments arguments, PrintStream out) {
    this.arguments = arguments;
    this.out = out;
  }

  /** Runs; see {@link Arguments#USAGE}. */
  public static void main(String... line) throws IOException, InterruptedException {
    Path report = Workspace.root().resolve("integration-tests/target/critest.xml");
    if (List.of(line).contains("--help")) {
      System.out.print(Arguments.USAGE);
      return;
    }
    Arguments arguments;
    try {
      arguments = Arguments.parse(report, line);
    } catch (IllegalArgumentException e) {
      System.err.println("conformance: " + e.getMessage() + "\n" + Arguments.USAGE);
      System.exit(2);
      return;
    }
    AtomicBoolean over = cleanUpOnSignal(Thread.currentThread());
    boolean passed = new Conformance(arguments, System.out).run();
    over.set(true);
    System.exit(passed ? 0 : 1);
  }

  /** Lets a SIGINT or SIGTERM end the suite, and the main thread put everything away after it. */
  private static AtomicBoolean cleanUpOnSignal(Thread main) {
    AtomicBoolean over = new AtomicBoolean();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(() -> {
              if (!over.get()) {
                main.interrupt();
                try {
                  main.join(Duration.ofMinutes(1));
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              }
            }));
    return over;
  }

  private boolean run() throws IOException, InterruptedException {
    Leaks before = Leaks.look();
    Set<String> segments = SharedMemory.segments();
    Report report;
    try (Scratch scratch = Scratch.create();
        LocalRegistry registry = LocalRegistry.start(scratch.disk().resolve("registry"));
        CniNetwork network =
            CniNetwork.create(scratch.disk(), "jctb" + ProcessHandle.current().pid(), SUBNET)) {
      report = run(scratch, registry, network);
    } finally {
      SharedMemory.removeSince(segments);
    }
    List<String> left = before.left();
    left.forEach(thing -> out.println("LEFT BEHIND " + thing));
    report.summary().forEach(out::println);
    return left.isEmpty()
        && report.count(Report.Outcome.FAILED) == 0
        && report.count(Report.Outcome.PASSED) > 0;
  }

  private Report run(Scratch scratch, LocalRegistry registry, CniNetwork network)
      throws IOException, InterruptedException {
    say("making and pushing the images");
    String digest = StandIns.push(registry);
    Path registries = scratch.disk().resolve("certs.d");
    HostsDirectory.mirror(registries, registry.uri(), StandIns.HOSTS);
    Critest critest =
        Critest.withDigest(Tools.get().critest(), scratch.disk().resolve("critest"), digest);
    Map<String, HandlerUnderTest> handlers = handlers();
    say("containers are run by " + handlers.get(arguments.handler().orElse("runc")));
    var settings =
        new RuntimeUnderTest.Settings(scratch, registries, network.configurations(), handlers);
    Files.createDirectories(arguments.report().getParent());
    Files.deleteIfExists(arguments.report());
    Files.deleteIfExists(arguments.secondReport());

    say("starting the runtime");
    try (RuntimeUnderTest runtime = start(settings)) {
      Report report = run(critest, runtime, arguments.report(), arguments.critest());
      if (arguments.again()) {
        say("streaming once more, over WebSockets");
        Path second = arguments.secondReport();
        report =
            report.and(run(critest, runtime, second, arguments.secondRun()), " over WebSocket");
      }
      return report;
    } finally {
      keepLog(scratch);
    }
  }

  /** The default, and the one that is asked for. */
  private Map<String, HandlerUnderTest> handlers() throws IOException {
    Map<String, HandlerUnderTest> handlers = new TreeMap<>();
    if (arguments.handler().isPresent()) {
      String name = arguments.handler().get();
      handlers.put(name, HandlerUnderTest.named(name));
    }
    Optional<Path> runc = arguments.runc();
    handlers.put(
        "runc",
        runc.isPresent()
            ? new HandlerUnderTest.Program(runc.get())
            : HandlerUnderTest.named("runc"));
    return handlers;
  }

  /** containerd has its socket where the node's plugins are: not a test's to touch. */
  private static Optional<Path> nri(RuntimeUnderTest runtime) {
    return runtime instanceof DaemonUnderTest jcri
        ? Optional.of(jcri.nriSocket())
        : Optional.empty();
  }

  private Report run(
      Critest critest, RuntimeUnderTest runtime, Path report, List<String> critestArguments)
      throws IOException, InterruptedException {
    int exitCode = critest.run(runtime.socket(), nri(runtime), report, critestArguments);
    if (!runtime.process().isAlive()) {
      say("the runtime ended while it was tested");
    }
    say("critest ended with " + exitCode);
    if (!Files.exists(report)) {
      throw new IOException("critest wrote no report; what it said is above");
    }
    return Report.read(report);
  }

  private RuntimeUnderTest start(RuntimeUnderTest.Settings settings) throws IOException {
    return arguments.containerd().isPresent()
        ? ContainerdUnderTest.start(settings, arguments.containerd().get(), StandIns.PAUSE)
        : DaemonUnderTest.start(settings);
  }

  /** The scratch folder goes; what the runtime said stays, beside the report. */
  private void keepLog(Scratch scratch) throws IOException {
    for (String name : List.of("jcri.log", "containerd.log")) {
      Path log = scratch.disk().resolve(name);
      if (Files.exists(log)) {
        Files.copy(
            log, arguments.report().resolveSibling(name), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  private void say(String text) {
    out.println("conformance: " + text);
  }
}
