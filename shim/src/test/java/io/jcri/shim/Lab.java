package io.jcri.shim;

import com.google.gson.Gson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Containers of busybox, each with its own shim; all of it is gone after {@link #close}. */
final class Lab implements AutoCloseable {
  static final Path SHIM =
      Path.of(System.getProperty("jcri.shim", "target/native/jcri-shim")).toAbsolutePath();
  static final Path RUNC = Path.of("/usr/sbin/runc");
  private static final Path BUSYBOX = Path.of("/bin/busybox");
  private static final AtomicInteger NUMBERS = new AtomicInteger();

  final Path root;
  final Path rootfs;
  final ShimLauncher launcher;
  private final String prefix;
  private final List<Path> states = new ArrayList<>();

  Lab() throws IOException {
    Assumptions.assumeTrue(
        Files.isExecutable(RUNC) && Files.isExecutable(BUSYBOX) && isRoot(),
        "needs root, runc and busybox");
    root = Files.createTempDirectory(Path.of("/tmp"), "jcs");
    rootfs = Files.createDirectories(root.resolve("fs"));
    for (String directory : List.of("bin", "proc", "dev", "sys", "tmp")) {
      Files.createDirectories(rootfs.resolve(directory));
    }
    Files.copy(BUSYBOX, rootfs.resolve("bin/busybox"));
    for (String name :
        List.of(
            "sh", "echo", "cat", "sleep", "true", "yes", "head", "dd", "kill", "stty", "setsid",
            "seq", "wc", "env", "id", "tail", "awk", "nohup", "mkfifo", "rm", "test")) {
      Files.createSymbolicLink(rootfs.resolve("bin").resolve(name), Path.of("busybox"));
    }
    launcher = new ShimLauncher(SHIM);
    prefix = root.getFileName().toString();
  }

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  /** What a test may want otherwise than usual. */
  record Plan(
      List<String> args,
      boolean terminal,
      boolean stdin,
      boolean stdinOnce,
      long memory,
      boolean hostPid,
      Path runtime,
      Path shimBinary,
      UnaryOperator<Map<String, Object>> config) {
    Plan(String... args) {
      this(List.of(args), false, false, false, 0, false, RUNC, SHIM, UnaryOperator.identity());
    }

    static Plan shell(String script) {
      return new Plan("/bin/sh", "-c", script);
    }

    Plan withTerminal() {
      return new Plan(args, true, stdin, stdinOnce, memory, hostPid, runtime, shimBinary, config);
    }

    Plan withStdin(boolean once) {
      return new Plan(args, terminal, true, once, memory, hostPid, runtime, shimBinary, config);
    }

    Plan withMemory(long bytes) {
      return new Plan(
          args, terminal, stdin, stdinOnce, bytes, hostPid, runtime, shimBinary, config);
    }

    Plan withHostPid() {
      return new Plan(args, terminal, stdin, stdinOnce, memory, true, runtime, shimBinary, config);
    }

    Plan withRuntime(Path path) {
      return new Plan(args, terminal, stdin, stdinOnce, memory, hostPid, path, shimBinary, config);
    }

    Plan withShim(Path path) {
      return new Plan(args, terminal, stdin, stdinOnce, memory, hostPid, runtime, path, config);
    }
  }

  /** One container: its shim and its files. */
  record Box(String id, Path state, Shim shim, ShimSpec spec) implements AutoCloseable {
    /** Runs a short process to its end. */
    Ran exec(byte[] process, Duration timeout, int limit) throws IOException {
      return Ran.in(shim, process, timeout, limit);
    }

    Path log() {
      return state.resolve("log");
    }

    Path exitRecord() {
      return state.resolve("exit.json");
    }

    /** The text of the log's lines without their times. */
    List<String> logLines() throws IOException {
      try (Stream<String> lines = Files.lines(log(), StandardCharsets.ISO_8859_1)) {
        return lines.map(line -> line.substring(line.indexOf(' ') + 1)).toList();
      }
    }

    ExitRecord awaitExit() {
      java.util.concurrent.CompletableFuture<ExitRecord> ended =
          new java.util.concurrent.CompletableFuture<>();
      shim.onExit(ended::complete);
      shim.onLost(() -> ended.completeExceptionally(new IllegalStateException("shim lost")));
      return ended.orTimeout(60, TimeUnit.SECONDS).join();
    }

    @Override
    public void close() {
      shim.close();
    }
  }

  Box box(Plan plan) throws IOException {
    String id = prefix + "-" + NUMBERS.incrementAndGet();
    Path state = Files.createDirectory(root.resolve(id.substring(prefix.length() + 1)));
    Files.setPosixFilePermissions(state, PosixFilePermissions.fromString("rwx------"));
    states.add(state);
    Path bundle = Files.createDirectory(state.resolve("b"));
    Files.writeString(
        bundle.resolve("config.json"), new Gson().toJson(plan.config().apply(config(id, plan))));
    ShimSpec spec =
        new ShimSpec(
            id,
            bundle,
            state,
            plan.runtime(),
            root.resolve("r"),
            List.of(),
            false,
            true,
            false,
            plan.terminal(),
            plan.stdin(),
            plan.stdinOnce(),
            Optional.of(state.resolve("log")),
            Optional.empty(),
            0,
            state.resolve("exit.json"),
            Optional.of("/" + prefix + "/" + id),
            Optional.empty(),
            Optional.empty());
    return new Box(id, state, new ShimLauncher(plan.shimBinary()).launch(spec), spec);
  }

  /** As {@link #box}, and started. */
  Box running(Plan plan) throws IOException {
    Box box = box(plan);
    box.shim().start();
    return box;
  }

  static byte[] process(boolean terminal, String... args) {
    return new Gson()
        .toJson(processObject(terminal, List.of(args)))
        .getBytes(StandardCharsets.UTF_8);
  }

  static byte[] script(String script) {
    return process(false, "/bin/sh", "-c", script);
  }

  private static Map<String, Object> processObject(boolean terminal, List<String> args) {
    return Map.of(
        "terminal",
        terminal,
        "cwd",
        "/",
        "args",
        args,
        "env",
        List.of("PATH=/bin", "TERM=xterm"),
        "user",
        Map.of("uid", 0, "gid", 0));
  }

  private Map<String, Object> config(String id, Plan plan) {
    List<Map<String, String>> namespaces = new ArrayList<>();
    for (String type : List.of("mount", "ipc", "uts")) {
      namespaces.add(Map.of("type", type));
    }
    if (!plan.hostPid()) {
      namespaces.add(Map.of("type", "pid"));
    }
    Map<String, Object> resources =
        plan.memory() == 0
            ? Map.of()
            : Map.of("memory", Map.of("limit", plan.memory(), "swap", plan.memory()));
    return Map.of(
        "ociVersion",
        "1.0.2",
        "root",
        Map.of("path", rootfs.toString()),
        "process",
        processObject(plan.terminal(), plan.args()),
        "mounts",
        List.of(
            Map.of("destination", "/proc", "type", "proc", "source", "proc"),
            Map.of("destination", "/dev", "type", "tmpfs", "source", "tmpfs"),
            Map.of(
                "destination",
                "/dev/pts",
                "type",
                "devpts",
                "source",
                "devpts",
                "options",
                List.of("newinstance", "ptmxmode=0666", "mode=0620"))),
        "linux",
        Map.of(
            "namespaces",
            namespaces,
            "cgroupsPath",
            "/" + prefix + "/" + id,
            "resources",
            resources));
  }

  /** Waits for a fact of the kernel that nobody announces. */
  static void await(String what, BooleanSupplier fact) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!fact.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("waited in vain: " + what);
      }
      Thread.onSpinWait();
      java.util.concurrent.locks.LockSupport.parkNanos(2_000_000);
    }
  }

  /** Whether any process has this word among its arguments. */
  static boolean runs(String argument) {
    return ProcessHandle.allProcesses()
        .anyMatch(process -> {
          try {
            String line =
                Files.readString(
                    Path.of("/proc/" + process.pid() + "/cmdline"), StandardCharsets.ISO_8859_1);
            return List.of(line.split("\0", -1)).contains(argument);
          } catch (IOException gone) {
            return false;
          }
        });
  }

  @Override
  public void close() throws IOException {
    for (Path state : states) {
      try (Shim shim = launcher.connect(state, Duration.ofSeconds(20))) {
        remove(shim);
      } catch (ShimException ignored) {
        // The test has deleted or killed it itself.
      }
    }
    Sweep.runtime(root.resolve("r"), RUNC);
    Sweep.cgroups(prefix);
    Sweep.tree(root);
  }

  private static void remove(Shim shim) throws IOException {
    try {
      shim.delete();
    } catch (ShimException refused) {
      // Some tests have a runtime that cannot delete.
      shim.process().signal(9);
    }
  }
}
