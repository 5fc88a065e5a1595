package io.jcri.daemon.nri;

import io.jcri.daemon.config.DaemonConfig;
import io.jcri.daemon.container.Container;
import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.security.SecurityProfile;
import io.jcri.nri.v1alpha1.NriApi.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the node's owner wants of plugins: which must have been asked, and what none may adjust. It
 * fails closed. Thread-safe.
 */
final class Validation {
  /** A pod's own wish: a list of plugins for all its containers, or for one. */
  static final String REQUIRED = "required-plugins.noderesource.dev";

  private final Supplier<DaemonConfig.Nri> config;

  Validation(Supplier<DaemonConfig.Nri> config) {
    this.config = config;
  }

  /**
   * Checks that no plugin is missing.
   *
   * @param asked the plugins that have been asked and are still there
   * @throws JcriException FAILED_PRECONDITION naming those that are missing, INVALID for an
   *     annotation that can't be read
   */
  void required(Pod pod, String container, List<Plugin> asked) {
    Map<String, String> annotations = pod.config().annotations();
    if (config.get().required().isEmpty() && annotations.isEmpty()) {
      return;
    }
    if (tolerated(annotations, container)) {
      return;
    }
    List<String> missing =
        Stream.concat(
                config.get().required().stream(),
                effective(annotations, REQUIRED, container)
                    .map(Validation::names)
                    .orElse(List.of())
                    .stream())
            .distinct()
            .filter(name ->
                asked.stream().noneMatch(p -> p.base().equals(name) || p.name().equals(name)))
            .toList();
    if (!missing.isEmpty()) {
      throw JcriException.precondition(
          "container %s of pod %s is not created: required NRI plugin %s is not connected"
              .formatted(container, pod.config().metadata(), String.join(", ", missing)));
    }
  }

  private boolean tolerated(Map<String, String> annotations, String container) {
    if (config.get().tolerateMissing().isEmpty()) {
      return false;
    }
    Optional<String> value = effective(annotations, config.get().tolerateMissing(), container);
    if (value.isEmpty() || value.get().equals("false")) {
      return false;
    }
    if (!value.get().equals("true")) {
      throw JcriException.invalid(
          "annotation %s is \"%s\" but must be true or false"
              .formatted(config.get().tolerateMissing(), value.get()));
    }
    return true;
  }

  /** The one for the container beats the one for the pod. */
  private static Optional<String> effective(
      Map<String, String> annotations, String key, String container) {
    for (String name : List.of(key + "/container." + container, key + "/pod", key)) {
      @Nullable String value = annotations.get(name);
      if (value != null) {
        return Optional.of(value);
      }
    }
    return Optional.empty();
  }

  /** A YAML list of plain strings: {@code [a, b]}, or a line with a dash each. */
  static List<String> names(String yaml) {
    String text = yaml.strip();
    boolean flow = text.startsWith("[") && text.endsWith("]");
    List<String> names = new ArrayList<>();
    for (String item :
        flow ? text.substring(1, text.length() - 1).split(",", -1) : text.split("\n", -1)) {
      String name = item.strip();
      if (name.isEmpty()) {
        continue;
      }
      if (!flow && !name.startsWith("- ")) {
        throw JcriException.invalid(
            "annotation " + REQUIRED + " is \"" + yaml + "\" but must be a list of plugins");
      }
      name = flow ? name : name.substring(2).strip();
      names.add(unquoted(name));
    }
    return names;
  }

  private static String unquoted(String text) {
    boolean quoted =
        text.length() > 1
            && (text.startsWith("\"") || text.startsWith("'"))
            && text.charAt(0) == text.charAt(text.length() - 1);
    return quoted ? text.substring(1, text.length() - 1) : text;
  }

  /**
   * Checks that nothing was adjusted that may not be.
   *
   * @throws JcriException FAILED_PRECONDITION naming the field and who adjusted it
   */
  void permitted(Container container, AdjustmentOwners owners) {
    String id = container.id();
    forbid("hooks", owners.of(id, Field.OciHooks));
    forbid("namespaces", owners.of(id, Field.Namespace));
    forbid("sysctls", owners.of(id, Field.Sysctl));
    SecurityProfile seccomp = container.config().security().seccomp();
    boolean none = container.config().security().privileged();
    String kind =
        none
            ? "seccomp-unconfined"
            : switch (seccomp.type()) {
              case UNCONFINED -> "seccomp-unconfined";
              case RUNTIME_DEFAULT -> "seccomp-default";
              case LOCALHOST -> "seccomp-custom";
            };
    forbid(kind, owners.of(id, Field.SeccompPolicy));
  }

  private void forbid(String what, String plugins) {
    if (!plugins.isEmpty() && config.get().reject().contains(what)) {
      throw JcriException.precondition(
          "NRI plugin %s adjusted %s, which this node's configuration does not allow (nri.reject)"
              .formatted(plugins, what));
    }
  }
}
