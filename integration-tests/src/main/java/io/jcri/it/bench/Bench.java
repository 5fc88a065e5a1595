package io.jcri.it.bench;

import io.jcri.it.kit.Command;
import io.jcri.it.kit.Leaks;
import io.jcri.it.kit.LocalRegistry;
import io.jcri.it.kit.Scratch;
import io.jcri.it.kit.Workspace;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
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
      if (options.wantsUsualDisk()) {
        race(scratch.disk(), network, images, kept.resolve("jcri.log"));
      }
      if (options.wants(Options.Section.LOAD_SLOW_DISK)) {
        raceOnSlowDisk(scratch.disk(), network, images, kept.resolve("jcri-slow-disk.log"));
      }
    }
    for (String thing : before.left()) {
      out.println("note: here now and not before, ours or somebody else's: " + thing);
    }
    out.printf("bench: done in %d s%n", Duration.ofNanos(System.nanoTime() - begin).toSeconds());
  }

  private void race(Path scratch, PodNetwork network, BenchImages images, Path log)
      throws IOException {
    try (Rivals rivals = Rivals.start(options, scratch, network, images)) {
      Course course = new Course(options, out, rivals, images.base());
      try {
        course.run(images, network, scratch);
      } finally {
        Thread.interrupted(); // a signal ends the measuring; what follows puts things away
        course.report();
        Files.copy(rivals.daemon().log(), log, StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  private void raceOnSlowDisk(Path scratch, PodNetwork network, BenchImages images, Path log)
      throws IOException {
    try (SlowDisk disk = SlowDisk.make(scratch);
        Rivals rivals = Rivals.start(options, disk.folder(), network, images)) {
      Load load = new Load(options, out, rivals.all(), images);
      try {
        load.warmUp();
        disk.slowDown(options.diskDelay(), out);
        load.run(disk::forgetContent);
      } finally {
        Thread.interrupted(); // as above
        disk.slowDown(Duration.ZERO, out);
        load.report("on a slow disk");
        Files.copy(rivals.daemon().log(), log, StandardCopyOption.REPLACE_EXISTING);
      }
    }
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
