package io.jcri.it.shim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.jcri.it.kit.Command;
import io.jcri.it.kit.Scratch;
import io.jcri.it.kit.Tools;
import io.jcri.it.kit.Waiting;
import io.jcri.it.kit.Workspace;
import io.jcri.oci.runtime.OciRuntime;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * jcri-task over one of containerd's shims for runc, with bundles of busybox. Closing it ends what
 * is left and fails when that does not go without a trace.
 */
final class TaskFixture implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String MARK = "jcttask" + ProcessHandle.current().pid();

  /** The path of a network namespace, field 5: all that is known before. */
  private static final byte[] SANDBOX_REQUEST = {5 << 3 | 2, 4, '/', 'n', 'e', 't'};

  private static final Gson GSON = new Gson();

  private final Scratch scratch = Scratch.create();
  private final Path shim;
  private final TaskTraces traces = new TaskTraces(root(), MARK);
  private final Map<String, String> sockets = new HashMap<>();
  private int containers;

  /** Over the shim that {@link Tools} may have. */
  TaskFixture(Optional<Path> there) throws IOException {
    assumeTrue(there.isPresent(), "containerd's shim is built with Go, which is not here");
    shim = there.get();
    for (String folder : List.of("bin", "proc", "dev", "sys")) {
      Files.createDirectories(rootfs().resolve(folder));
    }
    Files.copy(Path.of("/bin/busybox"), rootfs().resolve("bin/busybox"));
    for (String applet : List.of("sh", "cat", "sleep", "stty")) {
      Files.createSymbolicLink(rootfs().resolve("bin").resolve(applet), Path.of("busybox"));
    }
  }

  /** jcri-task as the daemon would call it. */
  OciRuntime runtime() throws IOException {
    return new OciRuntime(
        new OciRuntime.Options(program(), root(), false, PATIENCE, options(List.of())));
  }

  /** A verb, whatever its end. */
  Command.Result task(String... words) throws IOException {
    return Command.of(line(List.of(words))).run();
  }

  List<String> line(List<String> words) throws IOException {
    List<String> line = new ArrayList<>(List.of(program().toString(), "--root", root().toString()));
    line.addAll(options(words));
    return line;
  }

  private List<String> options(List<String> words) {
    List<String> options = new ArrayList<>(List.of("--shim", shim.toString()));
    options.addAll(words);
    return options;
  }

  private static Path program() throws IOException {
    return Workspace.distribution().resolve("libexec/jcri-task");
  }

  private Path rootfs() {
    return scratch.disk().resolve("fs");
  }

  Path root() {
    return scratch.state().resolve("r");
  }

  /** A new file of this test's. */
  Path file(String name) {
    return scratch.disk().resolve(name);
  }

  /** A container that is not started yet. */
  final class Box {
    final String id = MARK + "-" + ++containers;
    private final List<String> run = new ArrayList<>();

    Box(boolean terminal, String... args) throws IOException {
      Path bundle = Files.createDirectories(file(id).resolve("b"));
      Files.writeString(bundle.resolve("config.json"), GSON.toJson(config(terminal, args)));
      run.addAll(List.of("run", "--detach", "--bundle", bundle.toString()));
      run.addAll(List.of("--pid-file", pidFile().toString()));
    }

    private Map<String, Object> config(boolean terminal, String... args) {
      return Map.of(
          "ociVersion", "1.0.2",
          "root", Map.of("path", rootfs().toString()),
          "process", processOf(terminal, args),
          "mounts",
              List.of(
                  Map.of("destination", "/proc", "type", "proc", "source", "proc"),
                  Map.of("destination", "/dev", "type", "tmpfs", "source", "tmpfs"),
                  Map.of(
                      "destination", "/dev/pts",
                      "type", "devpts",
                      "source", "devpts",
                      "options", List.of("newinstance", "ptmxmode=0666", "mode=0620"))),
          "linux",
              Map.of(
                  "cgroupsPath",
                  "/" + id,
                  "namespaces",
                  Stream.of("mount", "ipc", "uts", "pid")
                      .map(type -> Map.of("type", type))
                      .toList()));
    }

    Path pidFile() {
      return file(id).resolve("pid");
    }

    int pid() throws IOException {
      return Integer.parseInt(Files.readString(pidFile()));
    }

    /** In the shim of another container. */
    Box in(Box sandbox) {
      run.addAll(0, List.of("--sandbox", sandbox.id));
      return this;
    }

    Box withConsole(Path socket) {
      run.addAll(List.of("--console-socket", socket.toString()));
      return this;
    }

    /** As no container, but the sandbox that the shim has by its sandbox API. */
    Box asSandbox() throws IOException {
      Path request = file(id).resolve("request");
      Files.write(request, SANDBOX_REQUEST);
      run.addAll(List.of("--sandbox-request", request.toString()));
      return this;
    }

    /** Starts it, with an empty input. */
    Ran start() throws IOException {
      Ran ran = launch();
      ran.typed("");
      assertThat(ran.exitCode()).as("%s", ran.log()).isZero();
      return ran;
    }

    /** Starts it and leaves its input open. */
    Ran launch() throws IOException {
      List<String> words = new ArrayList<>(run);
      words.add(id);
      Ran ran = new Ran(words, id);
      ran.exitCode();
      record("address").ifPresent(address -> sockets.put(id, address));
      return ran;
    }

    /** One exec in it, which is given an open input. */
    Ran exec(List<String> more, String... args) throws IOException {
      Path process = Files.createTempFile(file(id), "process", "");
      boolean terminal = more.contains("--console-socket");
      Files.writeString(process, GSON.toJson(processOf(terminal, args)));
      List<String> words = new ArrayList<>(List.of("exec", "--process", process.toString()));
      words.addAll(more);
      words.add(id);
      return new Ran(words, String.valueOf(process.getFileName()));
    }

    Optional<String> record(String name) throws IOException {
      Path record = root().resolve(id).resolve("record");
      if (Files.notExists(record)) {
        return Optional.empty();
      }
      return Files.readAllLines(record).stream()
          .filter(line -> line.startsWith(name + "="))
          .map(line -> line.substring(name.length() + 1))
          .findFirst();
    }
  }

  Box shell(String script) throws IOException {
    return new Box(false, "/bin/sh", "-c", script);
  }

  private static Map<String, Object> processOf(boolean terminal, String... args) {
    return Map.of(
        "terminal",
        terminal,
        "cwd",
        "/",
        "args",
        Arrays.asList(args),
        "env",
        List.of("PATH=/bin"),
        "user",
        Map.of("uid", 0, "gid", 0));
  }

  /**
   * A run or exec with pipes for its standard streams, as jcri-shim has them; they outlive it and
   * end with the container's process.
   */
  final class Ran {
    /** The exit code goes to a file: the pipes stay open for as long as there is output. */
    private static final String SCRIPT =
        """
        files=$1; shift
        { { "$@"; echo $? >"$files.part"; mv "$files.part" "$files.code"; } | cat >"$files.out"
        } 2>&1 | cat >"$files.err"
        """;

    private final Process pipes;
    private final Path files;

    Ran(List<String> words, String name) throws IOException {
      files = file(name + ".streams");
      List<String> log = new ArrayList<>(List.of("--log", files + ".log", "--log-format=json"));
      log.addAll(words);
      List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", SCRIPT, "run", "" + files));
      command.addAll(line(log));
      pipes = new ProcessBuilder(command).start();
    }

    /** Of jcri-task itself, once it has returned. */
    int exitCode() throws IOException {
      Path code = Path.of(files + ".code");
      Waiting.until(PATIENCE, () -> Files.exists(code), () -> "jcri-task does not return");
      return Integer.parseInt(Files.readString(code).strip());
    }

    /** Gives it this input, and no more after it. */
    void typed(String text) throws IOException {
      pipes.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
      pipes.getOutputStream().close();
    }

    String log() throws IOException {
      Path log = Path.of(files + ".log");
      return Files.exists(log) ? Files.readString(log) : "";
    }

    /** All of it, once it has ended. */
    String out() throws IOException {
      return whole(".out");
    }

    String err() throws IOException {
      return whole(".err");
    }

    private String whole(String suffix) throws IOException {
      Waiting.until(PATIENCE, () -> !pipes.isAlive(), () -> "output does not end");
      return Files.readString(Path.of(files + suffix));
    }
  }

  /** How the first process of a container has ended, as whoever waits is told. */
  int exitStatus(Box box) throws IOException {
    Command.Result waited = task("wait", box.id).orThrow();
    JsonObject end = JsonParser.parseString(waited.out()).getAsJsonObject();
    assertThat(end.get("id").getAsString()).isEqualTo(box.id);
    return end.get("exitStatus").getAsInt();
  }

  /** What processes of containers, shims or jcri-task there are, and all else of them. */
  List<String> left() throws IOException {
    return traces.left(sockets.values());
  }

  /** Kills a process of a test's. */
  static void kill(long process) {
    assertThat(ProcessHandle.of(process).orElseThrow().destroyForcibly()).isTrue();
  }

  /** The process that hears the only shim. */
  Optional<Long> listener() throws IOException {
    return traces.listener();
  }

  void awaitNothingLeft() throws IOException {
    Waiting.until(PATIENCE, () -> left().isEmpty(), () -> "something is left, such as " + sample());
  }

  /** Whoever takes over an orphan may be slow to reap it. */
  void awaitNoProcess(String command) throws IOException {
    Waiting.until(
        PATIENCE,
        () ->
            left().stream()
                .noneMatch(line -> line.startsWith("process ") && line.contains(command)),
        () -> "still there: " + sample());
  }

  @Override
  public void close() throws IOException {
    // Containers that share a shim go before the one that it was started for: the last is the
    // oldest.
    for (int i = containers; i > 0; i--) {
      task("delete", "--force", MARK + "-" + i);
    }
    awaitNothingLeft();
    scratch.close();
  }

  private String sample() {
    try {
      return String.join("\n", left());
    } catch (IOException e) {
      return e.toString();
    }
  }
}
