package io.jcri.oci.runtime;

import io.jcri.oci.Json;
import io.jcri.oci.OciException;
import io.jcri.oci.OciException.Kind;
import io.jcri.oci.spec.LinuxResources;
import io.jcri.oci.spec.SpecWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Drives runc, crun or another binary with the same verbs. Creating, starting and executing are the
 * shim's business; this does what needs no stdio. Thread-safe.
 *
 * <p>Every verb may throw {@link OciException} with the runtime's own text: NOT_FOUND for an
 * unknown container, FAILED_PRECONDITION for one in the wrong state or a binary that cannot be
 * executed, DEADLINE_EXCEEDED, INTERNAL for the rest.
 */
public final class OciRuntime {

  /**
   * How to call the binary.
   *
   * @param binary absolute path
   * @param root where the runtime keeps its state
   * @param systemdCgroup cgroup paths are {@code slice:prefix:name}
   * @param timeout for one verb
   * @param extraArgs global flags, before the verb
   */
  public record Options(
      Path binary, Path root, boolean systemdCgroup, Duration timeout, List<String> extraArgs) {
    public Options {
      extraArgs = List.copyOf(extraArgs);
    }

    /** With these global flags, and ten seconds for a verb. */
    public static Options of(
        Path binary, Path root, boolean systemdCgroup, List<String> extraArgs) {
      return new Options(binary, root, systemdCgroup, Duration.ofSeconds(10), extraArgs);
    }

    public Options(Path binary, Path root, boolean systemdCgroup) {
      this(binary, root, systemdCgroup, Duration.ofSeconds(10), List.of());
    }
  }

  private static final Duration WIND_UP = Duration.ofSeconds(2);
  private static final byte[] NO_INPUT = new byte[0];

  /** How crun before 1.9 and runc before 1.1 say that they have no such verb. */
  private static final Pattern NO_SUCH_VERB = Pattern.compile("unknown command|No help topic");

  private final Options options;
  private final String name;

  public OciRuntime(Options options) {
    this.options = options;
    this.name = String.valueOf(options.binary().getFileName());
  }

  public Options options() {
    return options;
  }

  /** What the runtime says it can do; {@link RuntimeFeatures#UNKNOWN} when it has no such verb. */
  public RuntimeFeatures features() {
    RuntimeProcess.Result result = run("features", List.of("features"), NO_INPUT);
    if (result.exitCode() != 0) {
      OciException failure = failure(name + " features", result);
      if (NO_SUCH_VERB.matcher(String.valueOf(failure.getMessage())).find()) {
        return RuntimeFeatures.UNKNOWN;
      }
      throw failure;
    }
    return RuntimeFeatures.parse(result.stdout());
  }

  /** The first line of {@code --version}, such as {@code runc version 1.3.3}. */
  public String version() {
    List<String> command = new ArrayList<>();
    command.add(options.binary().toString());
    command.addAll(options.extraArgs());
    command.add("--version");
    RuntimeProcess.Result result =
        RuntimeProcess.run(name + " --version", command, NO_INPUT, options.timeout());
    if (result.exitCode() != 0) {
      throw failure(name + " --version", result);
    }
    return RuntimeProcess.text(result.stdout()).lines().findFirst().orElse("");
  }

  public RuntimeState state(String id) {
    return RuntimeState.parse(must("state", id, NO_INPUT, "state", id).stdout());
  }

  /**
   * Signals the first process.
   *
   * @param signal its number
   */
  public void kill(String id, int signal) {
    must("kill", id, NO_INPUT, "kill", id, Integer.toString(signal));
  }

  /** Signals every process of the container. */
  public void killAll(String id, int signal) {
    must("kill", id, NO_INPUT, "kill", "--all", id, Integer.toString(signal));
  }

  /**
   * Changes the limits of a running container; what is empty stays as it is.
   *
   * @throws OciException INVALID for a value that the kernel does not take, FAILED_PRECONDITION for
   *     one that the container's use of memory forbids; some values may be in force
   */
  public void update(String id, LinuxResources resources) {
    try {
      must("update", id, SpecWriter.resourcesJson(resources), "update", "--resources", "-", id);
    } catch (OciException e) {
      throw e.kind() == Kind.INTERNAL ? refusedLimit(e) : e;
    }
  }

  private static OciException refusedLimit(OciException e) {
    String text = String.valueOf(e.getMessage());
    String lower = text.toLowerCase(Locale.ROOT);
    if (lower.contains("invalid argument") || lower.contains("result out of range")) {
      return new OciException(Kind.INVALID, text, e);
    }
    return lower.contains("resource busy")
        ? new OciException(Kind.FAILED_PRECONDITION, text, e)
        : e;
  }

  public void pause(String id) {
    must("pause", id, NO_INPUT, "pause", id);
  }

  public void resume(String id) {
    must("resume", id, NO_INPUT, "resume", id);
  }

  /**
   * Has CRIU write the container's state to images; the container goes on, paused when it was.
   * Locks on files are kept; connections are not, unless CRIU's own configuration says so.
   *
   * @param images a directory for the images
   * @param work a directory for CRIU's log ({@code dump.log}) and statistics
   * @param limit after which the runtime and CRIU are killed, unless they end within two seconds: a
   *     process into which CRIU has put its own code survives CRIU's death while that code waits
   *     for more to do, but not the moments in which it is put there or taken away
   */
  public void checkpoint(String id, Path images, Path work, Duration limit) {
    List<String> args =
        List.of(
            "checkpoint",
            "--leave-running",
            "--file-locks",
            "--image-path",
            images.toString(),
            "--work-path",
            work.toString(),
            id);
    RuntimeProcess.Result result = run("checkpoint " + id, args, NO_INPUT, limit.plus(WIND_UP));
    if (result.exitCode() != 0) {
      throw failure(name + " checkpoint " + id, result);
    }
  }

  /**
   * Removes the runtime's own record and the cgroup, killing what still runs. An unknown container
   * is fine.
   */
  public void delete(String id) {
    must("delete", id, NO_INPUT, "delete", "--force", id);
  }

  /**
   * What a container uses, as the runtime counts it.
   *
   * @param limit how long to wait for the answer
   */
  public RuntimeStats stats(String id, Duration limit) {
    RuntimeProcess.Result result =
        run("events " + id, List.of("events", "--stats", id), NO_INPUT, limit);
    if (result.exitCode() != 0) {
      throw failure(name + " events " + id, result);
    }
    return RuntimeStats.parse(result.stdout());
  }

  /** The ids of all containers below {@link Options#root}. */
  public List<String> list() {
    RuntimeProcess.Result result = run("list", List.of("list", "--quiet"), NO_INPUT);
    if (result.exitCode() != 0) {
      throw failure(name + " list", result);
    }
    return RuntimeProcess.text(result.stdout())
        .lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty())
        .toList();
  }

  private RuntimeProcess.Result must(String verb, String id, byte[] stdin, String... args) {
    RuntimeProcess.Result result = run(verb + " " + id, List.of(args), stdin);
    if (result.exitCode() != 0) {
      throw failure(name + " " + verb + " " + id, result);
    }
    return result;
  }

  private RuntimeProcess.Result run(String what, List<String> args, byte[] stdin) {
    return run(what, args, stdin, options.timeout());
  }

  private RuntimeProcess.Result run(String what, List<String> args, byte[] stdin, Duration limit) {
    List<String> command = new ArrayList<>();
    command.add(options.binary().toString());
    command.add("--root");
    command.add(options.root().toString());
    if (options.systemdCgroup()) {
      command.add("--systemd-cgroup");
    }
    command.add("--log-format");
    command.add("json");
    command.addAll(options.extraArgs());
    command.addAll(args);
    return RuntimeProcess.run(name + " " + what, command, stdin, limit);
  }

  private static OciException failure(String what, RuntimeProcess.Result result) {
    String text = errorText(RuntimeProcess.text(result.stderr()));
    if (text.isEmpty()) {
      text = "exit code " + result.exitCode();
    }
    return new OciException(kindOf(text), what + ": " + text, null);
  }

  /** The messages of a JSON log on stderr, or the plain text where a runtime writes such. */
  static String errorText(String stderr) {
    return String.join(
        "; ",
        stderr
            .lines()
            .map(String::strip)
            .filter(line -> !line.isEmpty())
            .map(OciRuntime::message)
            .toList());
  }

  private static String message(String line) {
    if (!line.startsWith("{")) {
      return line;
    }
    try {
      Map<String, @Nullable Object> entry = Json.parseTree(line.getBytes(StandardCharsets.UTF_8));
      // youki's name for it
      @Nullable Object message = entry.containsKey("msg") ? entry.get("msg") : entry.get("message");
      return message == null ? line : message.toString().strip();
    } catch (OciException e) {
      return line;
    }
  }

  /**
   * Runtimes have exit code 1 for everything, so their texts must do: first runc's, then crun's.
   */
  static Kind kindOf(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    boolean unknown =
        lower.contains("container does not exist")
            || (lower.contains("/status`") && lower.contains("no such file"));
    if (unknown) {
      return Kind.NOT_FOUND;
    }
    boolean refused =
        lower.contains("not running")
            || lower.contains("not paused")
            || lower.contains("already finished")
            || lower.contains("\"criu\": executable file not found")
            || lower.contains("without criu support")
            || lower.contains("is not in the");
    return refused ? Kind.FAILED_PRECONDITION : Kind.INTERNAL;
  }
}
