package io.jcri.daemon.config;

import io.jcri.daemon.config.DaemonConfig.Handler;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One table below {@code handlers}: an OCI runtime, or a program that speaks containerd's shim
 * protocol, and what belongs to the one is an error with the other.
 */
final class HandlerKeys {
  /** What containerd calls a runtime: {@code io.containerd.runsc.v1}. */
  private static final Pattern TYPE = Pattern.compile("[^/]+\\.([^./]+)\\.(v[0-9]+)");

  private HandlerKeys() {}

  /**
   * Reads the table of the handler of this name.
   *
   * @param complete whether all keys are there that have to agree
   */
  static Handler read(Keys keys, String name, boolean complete) {
    String shim = keys.text("shim", "");
    Optional<Path> shimConfig = keys.optionalPath("shim_config", Optional.empty());
    List<String> options = keys.options("options");
    boolean viaShim = !shim.isEmpty();
    String binary = keys.text("binary", viaShim ? "" : name);
    PodSandbox sandbox = sandbox(keys, viaShim, complete);
    if (complete && viaShim) {
      refuseBeside(keys, binary, options);
    } else if (complete && shimConfig.isPresent()) {
      keys.problem("shim_config", "is the configuration of a shim, and there is no key shim");
    }
    Handler handler =
        new Handler(
            viaShim ? program(shim) : binary,
            viaShim,
            shimConfig,
            options,
            sandbox,
            keys.patterns("pod_annotations"),
            keys.patterns("container_annotations"),
            rules(keys, HandlerRules.NONE));
    keys.rejectUnknown();
    return handler;
  }

  private static HandlerRules rules(Keys keys, HandlerRules d) {
    return new HandlerRules(
        keys.someOf("allowed_annotations", d.allowedAnnotations(), HandlerRules.HEEDED),
        annotations(keys, "default_annotations"),
        (long) keys.number("min_memory_mib", (int) (d.minMemory() >> 20), 0, 1 << 20) << 20,
        keys.seconds("create_timeout_seconds", d.createTimeout()),
        keys.oneOf("snapshot", "overlay", "overlay", "copy").equals("copy"));
  }

  private static Map<String, String> annotations(Keys keys, String key) {
    Map<String, String> annotations = new LinkedHashMap<>();
    for (String text : keys.texts(key, List.of())) {
      int equals = text.indexOf('=');
      if (equals < 1) {
        keys.problem(key, "has \"%s\", which is not NAME=value".formatted(text));
      } else if (annotations.put(text.substring(0, equals), text.substring(equals + 1)) != null) {
        keys.problem(key, "has %s twice".formatted(text.substring(0, equals)));
      }
    }
    return annotations;
  }

  private static PodSandbox sandbox(Keys keys, boolean viaShim, boolean complete) {
    String wanted =
        keys.oneOf("sandbox", viaShim ? "container" : "pause", "pause", "container", "shim");
    if (complete && viaShim && wanted.equals("pause")) {
      keys.problem("sandbox", "is \"pause\" but a shim needs \"container\" or \"shim\"");
    }
    if (complete && !viaShim && wanted.equals("shim")) {
      keys.problem("sandbox", "is \"shim\", and there is no key shim");
    }
    return switch (wanted) {
      case "container" -> PodSandbox.CONTAINER;
      case "shim" -> PodSandbox.SHIM;
      default -> PodSandbox.PAUSE;
    };
  }

  private static void refuseBeside(Keys keys, String binary, List<String> options) {
    if (!binary.isEmpty()) {
      keys.problem("binary", "and the key shim are both set: a handler is one of them");
    }
    if (!options.isEmpty()) {
      keys.problem("options", "are an OCI runtime's: a shim is set up by the key shim_config");
    }
  }

  /** The program of a runtime by its name in containerd's configuration; other names are as is. */
  static String program(String shim) {
    Matcher type = TYPE.matcher(shim);
    return type.matches() ? "containerd-shim-" + type.group(1) + "-" + type.group(2) : shim;
  }
}
