package io.jcri.cni;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.jcri.cni.CniException.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Runs the verbs on all plugins of a network, in the order that the spec gives. */
final class Chain {
  /** Where ADD stopped: the result so far and the index of the plugin that failed. */
  static final class AddFailure extends Exception {
    private static final long serialVersionUID = 1L;
    private final CniException failure;
    private final int failedAt;

    @SuppressWarnings("serial") // Thrown and caught within this package, never written anywhere.
    private final Optional<JsonObject> resultSoFar;

    AddFailure(CniException failure, int failedAt, Optional<JsonObject> resultSoFar) {
      super(failure.getMessage(), failure);
      this.failure = failure;
      this.failedAt = failedAt;
      this.resultSoFar = resultSoFar;
    }

    CniException failure() {
      return failure;
    }

    int failedAt() {
      return failedAt;
    }

    Optional<JsonObject> resultSoFar() {
      return resultSoFar;
    }
  }

  /** A plugin whose DEL failed. */
  record DelFailure(int index, CniException failure) {}

  private final PluginRunner runner;

  Chain(PluginRunner runner) {
    this.runner = runner;
  }

  /** Runs ADD in order, each plugin with the result of the one before. */
  JsonObject add(Network network, Attachment attachment) throws AddFailure {
    // All binaries first: a chain that cannot run to its end is not begun, so nothing is to undo.
    for (Plugin plugin : network.plugins()) {
      if (runner.find(plugin.type()).isEmpty()) {
        throw new AddFailure(runner.missing(plugin.type(), "ADD", network), -1, Optional.empty());
      }
    }
    Optional<JsonObject> result = Optional.empty();
    for (int i = 0; i < network.plugins().size(); i++) {
      Plugin plugin = network.plugins().get(i);
      try {
        String answer =
            runner.run(
                "ADD", network, plugin, config(network, plugin, attachment, result), attachment);
        result = Optional.of(parseResult(answer, network, plugin));
      } catch (CniException e) {
        throw new AddFailure(e, i, result);
      }
    }
    return result.orElseThrow();
  }

  /** Runs DEL in reverse order on every plugin, whatever the others answer. */
  List<DelFailure> del(Network network, Attachment attachment, Optional<JsonObject> result) {
    Optional<JsonObject> previous =
        network.version().hasCheck() ? inVersion(result, network) : Optional.empty();
    List<DelFailure> failures = new ArrayList<>();
    // A cancelled caller's clean-up must still run, and Process.waitFor would throw at once.
    boolean interrupted = Thread.interrupted();
    for (int i = network.plugins().size() - 1; i >= 0; i--) {
      Plugin plugin = network.plugins().get(i);
      try {
        runner.run(
            "DEL", network, plugin, config(network, plugin, attachment, previous), attachment);
      } catch (CniException e) {
        failures.add(new DelFailure(i, e));
        interrupted |= Thread.interrupted();
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return failures;
  }

  /** Runs CHECK in order, each plugin with the result of the whole chain. */
  void check(Network network, Attachment attachment, JsonObject result) throws CniException {
    Optional<JsonObject> previous = inVersion(Optional.of(result), network);
    for (Plugin plugin : network.plugins()) {
      runner.run(
          "CHECK", network, plugin, config(network, plugin, attachment, previous), attachment);
    }
  }

  /** Asks each plugin whether it can serve ADD; the network must speak 1.1.0. */
  void status(Network network, Duration limit) throws CniException {
    for (Plugin plugin : network.plugins()) {
      runner.run("STATUS", network, plugin, base(network, plugin), limit);
    }
  }

  /**
   * Tells each plugin which attachments are valid, to free all others; the network must speak
   * 1.1.0. Every plugin is tried.
   */
  List<CniException> gc(Network network, List<Attachment> valid, Duration limit) {
    JsonArray attachments = new JsonArray();
    for (Attachment attachment : valid) {
      JsonObject json = new JsonObject();
      json.addProperty("containerID", attachment.containerId());
      json.addProperty("ifname", attachment.ifName());
      attachments.add(json);
    }
    List<CniException> failures = new ArrayList<>();
    for (Plugin plugin : network.plugins()) {
      JsonObject config = base(network, plugin);
      config.add("cni.dev/valid-attachments", attachments);
      try {
        runner.run("GC", network, plugin, config, limit);
      } catch (CniException e) {
        failures.add(e);
      }
    }
    return failures;
  }

  private static JsonObject base(Network network, Plugin plugin) {
    JsonObject config = plugin.config().deepCopy();
    config.addProperty("name", network.name());
    config.addProperty("cniVersion", network.version().toString());
    return config;
  }

  private static JsonObject config(
      Network network, Plugin plugin, Attachment attachment, Optional<JsonObject> previous) {
    JsonObject config = base(network, plugin);
    JsonObject runtimeConfig = new JsonObject();
    for (String capability : plugin.capabilities()) {
      if (attachment.capabilityArgs().has(capability)) {
        runtimeConfig.add(capability, attachment.capabilityArgs().get(capability));
      }
    }
    if (!runtimeConfig.isEmpty()) {
      config.add("runtimeConfig", runtimeConfig);
    }
    previous.ifPresent(result -> config.add("prevResult", result));
    return config;
  }

  private static Optional<JsonObject> inVersion(Optional<JsonObject> result, Network network) {
    return result.map(json -> ResultConverter.convert(json, network.version(), network.version()));
  }

  private static JsonObject parseResult(String answer, Network network, Plugin plugin)
      throws CniException {
    try {
      return ResultConverter.convert(
          Json.parseObject(answer), network.version(), network.version());
    } catch (Json.MalformedJsonException e) {
      throw PluginRunner.failed(
          Reason.BAD_OUTPUT,
          "ADD",
          network,
          plugin,
          0,
          "printed no result: "
              + (answer.isBlank() ? "nothing at all" : PluginRunner.quoteStart(answer)));
    }
  }
}
