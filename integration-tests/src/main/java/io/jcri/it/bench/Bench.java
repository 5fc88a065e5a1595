package io.jcri.it.bench;

import io.jcri.it.kit.Command;
import io.jcri.it.kit.ContainerdUnderTest;
import io.jcri.it.kit.DaemonUnderTest;
import io.jcri.it.kit.HandlerUnderTest;
import io.jcri.it.kit.Leaks;
import io.jcri.it.kit.LocalRegistry;
import io.jcri.it.kit.RuntimeUnderTest.Settings;
import io.jcri.it.kit.Scratch;
import io.jcri.it.kit.Workspace;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The program behind {@code scripts/bench}. Ends with 0 when everything could be measured, whether
 * or not the budgets were met.
 */
public final class Bench {
  private final Options options;
  private final PrintStream out;

  private Bench(Options options, PrintStream out) {
    this.options = options;
    this.out = out;
  }

  /** Runs; see {@link Options#USAGE}. */
  public static void main(String... line) throws IOException {
    List<String> arguments = List.of(line);
    if (arguments.contains("--help")) {
      System.out.print(Options.USAGE);
      return;
    }
    Options options;
    try {
      options = Options.parse(System.getenv(), arguments);
    } catch (IllegalArgumentException e) {
      System.err.println("bench: " + e.getMessage() + "\n" + Options.USAGE);
      System.exit(2);
      return;
    }
    AtomicBoolean over = cleanUpOnSignal(Thread.currentThread());
    try {
      new Bench(options, System.out).run();
    } finally {
      over.set(true);
    }
  }

  /** Lets a SIGINT or SIGTERM end the measuring, and the main thread put everything away. */
  private static AtomicBoolean cleanUpOnSignal(Thread main) {
    AtomicBoolean over = new AtomicBoolean();
    Thread hook =
        new Thread(() -> {
          if (!over.get()) {
            main.interrupt();
            try {
              main.join(Duration.ofMinutes(2));
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          }
        });
    Runtime.getRuntime().addShutdownHook(hook);
    return over;
  }

  private void run() throws IOException {
    long begin = System.nanoTime();
    Leaks before = Leaks.look();
    describeMachine();
    Path kept = Files.createDirectories(Workspace.root().resolve("integration-tests/target/bench"));
    try (Scratch scratch = Scratch.create();
        LocalRegistry registry = LocalRegistry.start(kept.resolve("registry"));
        PodNetwork network = PodNetwork.create(scratch.disk())) {
      out.println("bench: images (the large one is made on the first run only)");
      BenchImages images =
          BenchImages.push(registry, scratch.disk(), options.wants(Options.Section.PULL));
      race(scratch, network, images, kept);
    }
    for (String thing : before.left()) {
      out.println("note: here now and not before, ours or somebody else's: " + thing);
    }
    out.printf("bench: done in %d s%n", Duration.ofNanos(System.nanoTime() - begin).toSeconds());
  }

  private void race(Scratch scratch, PodNetwork network, BenchImages images, Path kept)
      throws IOException {
    Path none = Files.createDirectories(scratch.disk().resolve("certs.d"));
    Settings settings = new Settings(scratch, none, network.folder(), handlers());
    DaemonUnderTest daemon = DaemonUnderTest.start(settings, "--log-level", "debug");
    try (Rival jcri = Rival.of("jcri", daemon, scratch.disk().resolve("pods"));
        Scratch otherScratch = Scratch.create();
        OptionalRival other = other(settings, otherScratch, images)) {
      List<Rival> rivals = new ArrayList<>(List.of(jcri));
      other.rival().ifPresent(rivals::add);
      Course course = new Course(options, out, daemon, rivals, images.base());
      try {
        course.run(images, network, scratch.disk());
      } finally {
        Thread.interrupted(); // a signal ends the measuring; what follows puts things away
        course.report();
      }
    } finally {
      Path log = scratch.disk().resolve("jcri.log");
      if (Files.exists(log)) {
        Files.copy(log, kept.resolve("jcri.log"), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  private Map<String, HandlerUnderTest> handlers() throws IOException {
    return options.handler().isPresent()
        ? Map.of(options.handler().get(), HandlerUnderTest.named(options.handler().get()))
        : Map.of();
  }

  /** The one that ours is held against, when there is one. */
  private record OptionalRival(Optional<Rival> rival) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      if (rival.isPresent()) {
        rival.get().close();
      }
    }
  }

  private OptionalRival other(Settings settings, Scratch scratch, BenchImages images)
      throws IOException {
    Path logs = scratch.disk().resolve("pods");
    if (options.containerd().isPresent()) {
      ContainerdUnderTest containerd =
          ContainerdUnderTest.start(
              new Settings(
                  scratch, settings.registries(), settings.networks(), settings.handlers()),
              options.containerd().get().resolveSibling(".").normalize(),
              images.pause());
      return new OptionalRival(Optional.of(Rival.of("containerd", containerd, logs)));
    }
    return new OptionalRival(
        options.containerdSocket().map(socket -> Rival.at("containerd", socket, logs)));
  }

  private void describeMachine() throws IOException {
    var system = ManagementFactory.getOperatingSystemMXBean();
    out.printf(
        "bench: %d processors, load %.1f, Linux %s, %s%n",
        system.getAvailableProcessors(),
        system.getSystemLoadAverage(),
        system.getVersion(),
        Command.of("runc", "--version").run().out().lines().findFirst().orElse("no runc"));
  }
}
