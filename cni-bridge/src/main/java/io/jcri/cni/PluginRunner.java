package io.jcri.cni;

import com.google.gson.JsonObject;
import io.jcri.cni.CniException.Reason;
import io.jcri.sandbox.linux.Reasons;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Runs plugins and turns what they answer into results or errors that name them. Thread-safe. */
final class PluginRunner {
  private static final int MAX_QUOTED = 1024;

  private final ChildProcess processes;
  private volatile Use use;

  private record Use(List<Path> binDirs, Duration timeout) {
    Use {
      binDirs = List.copyOf(binDirs);
    }

    String path() {
      return binDirs.stream().map(Path::toString).collect(Collectors.joining(":"));
    }
  }

  PluginRunner(ChildProcess processes, List<Path> binDirs, Duration timeout) {
    this.processes = processes;
    this.use = new Use(binDirs, timeout);
  }

  /** Takes plugins from other directories, and gives them another time; what runs is left alone. */
  void use(List<Path> binDirs, Duration timeout) {
    use = new Use(binDirs, timeout);
  }

  Duration timeout() {
    return use.timeout;
  }

  /** The plugin's binary, or empty when no directory has an executable file of that name. */
  Optional<Path> find(String type) {
    return find(use.binDirs, type);
  }

  /** A plugin's program, in the first directory that has it. */
  static Optional<Path> find(List<Path> directories, String type) {
    for (Path dir : directories) {
      Path binary = dir.resolve(type);
      if (Files.isRegularFile(binary) && Files.isExecutable(binary)) {
        return Optional.of(binary);
      }
    }
    return Optional.empty();
  }

  CniException missing(String type, String verb, Network network) {
    return new CniException(
        Reason.PLUGIN_MISSING,
        type,
        verb,
        0,
        "cni plugin %s of network %s is not in %s"
            .formatted(
                type,
                network.name(),
                use.binDirs.stream().map(Path::toString).collect(Collectors.joining(", "))));
  }

  /** Runs a command on one interface of a pod and returns what the plugin printed. */
  String run(String verb, Network network, Plugin plugin, JsonObject stdin, Attachment attachment)
      throws CniException {
    Map<String, String> variables = new HashMap<>();
    variables.put("CNI_CONTAINERID", attachment.containerId());
    variables.put("CNI_NETNS", attachment.netns());
    variables.put("CNI_IFNAME", attachment.ifName());
    variables.put("CNI_ARGS", attachment.argsText());
    return run(verb, network, plugin, stdin, variables, timeout());
  }

  /** Runs a command that is about the network as a whole: STATUS, GC, VERSION. */
  String run(String verb, Network network, Plugin plugin, JsonObject stdin, Duration limit)
      throws CniException {
    return run(verb, network, plugin, stdin, Map.of(), limit);
  }

  private String run(
      String verb,
      Network network,
      Plugin plugin,
      JsonObject stdin,
      Map<String, String> variables,
      Duration limit)
      throws CniException {
    Path binary = find(plugin.type()).orElseThrow(() -> missing(plugin.type(), verb, network));
    Map<String, String> environment = new HashMap<>(variables);
    environment.put("CNI_COMMAND", verb);
    environment.put("CNI_PATH", use.path());
    ChildProcess.Outcome outcome;
    try {
      outcome = processes.run(List.of(binary.toString()), environment, Json.write(stdin), limit);
    } catch (ChildProcess.ProcessTimeoutException e) {
      throw failed(Reason.TIMEOUT, verb, network, plugin, 0, String.valueOf(e.getMessage()));
    } catch (IOException | IllegalArgumentException e) { // no variable can hold a NUL
      throw failed(Reason.PLUGIN_FAILED, verb, network, plugin, 0, Reasons.of(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed(
          Reason.INTERRUPTED,
          verb,
          network,
          plugin,
          0,
          "was killed because the call was cancelled");
    }
    if (outcome.exitCode() != 0) {
      throw reported(verb, network, plugin, outcome);
    }
    return outcome.stdout();
  }

  static CniException failed(
      Reason reason, String verb, Network network, Plugin plugin, int code, String what) {
    return new CniException(
        reason,
        plugin.type(),
        verb,
        code,
        "cni plugin %s failed to %s network %s: %s"
            .formatted(plugin.type(), verb, network.name(), what));
  }

  /** The plugin's own error: a JSON object on stdout, by the spec; what it printed, otherwise. */
  private static CniException reported(
      String verb, Network network, Plugin plugin, ChildProcess.Outcome outcome) {
    int code = 0;
    String message = "";
    try {
      JsonObject error = Json.parseObject(outcome.stdout());
      code = Json.integer(error, "code", 0);
      message = Json.string(error, "msg").orElse("");
      String details = Json.string(error, "details").orElse("");
      if (!details.isEmpty()) {
        message = message.isEmpty() ? details : message + "; " + details;
      }
    } catch (Json.MalformedJsonException e) {
      message = quote(outcome.stdout());
    }
    if (message.isEmpty()) {
      message = quote(outcome.stderr());
    }
    String ending =
        outcome.exitCode() > 128
            ? "killed by signal " + (outcome.exitCode() - 128)
            : code != 0 ? "code " + code : "exit code " + outcome.exitCode();
    return failed(
        Reason.PLUGIN_FAILED,
        verb,
        network,
        plugin,
        code,
        message.isEmpty() ? ending : message + " (" + ending + ")");
  }

  /** Where lines of a log stand before a result, they are what is wrong with it. */
  static String quoteStart(String output) {
    String text = output.strip();
    return "\"%s\"%s"
        .formatted(
            text.substring(0, Math.min(MAX_QUOTED, text.length())),
            text.length() > MAX_QUOTED ? " and more" : "");
  }

  private static String quote(String output) {
    String text = output.strip();
    return text.length() <= MAX_QUOTED ? text : "... " + text.substring(text.length() - MAX_QUOTED);
  }
}
