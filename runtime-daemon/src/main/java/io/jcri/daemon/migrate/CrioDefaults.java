package io.jcri.daemon.migrate;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What CRI-O does though no file says so, and jcri only when it is told, the node's policy for
 * signatures, its list of registries, its OCI hooks, and fewer capabilities.
 */
final class CrioDefaults {
  private static final String POLICY = "/etc/containers/policy.json";
  private static final String HOOKS = "/usr/share/containers/oci/hooks.d";
  private static final String REGISTRIES = "/etc/containers/registries.conf";

  /** Without the five that are of little use and some danger: AUDIT_WRITE, MKNOD and so on. */
  private static final List<String> CAPABILITIES =
      List.of(
          "CHOWN",
          "DAC_OVERRIDE",
          "FSETID",
          "FOWNER",
          "SETGID",
          "SETUID",
          "SETPCAP",
          "NET_BIND_SERVICE",
          "KILL");

  private CrioDefaults() {}

  static void carry(Settings settings, Draft draft, Origin unsaid, Predicate<Path> present) {
    Optional<Setting> policy =
        settings.take("crio", "image", "signature_policy").filter(one -> !one.idle());
    if (policy.isPresent() || present.test(Path.of(POLICY))) {
      Setting said = policy.orElseGet(() -> unsaid("signature_policy", POLICY, unsaid));
      draft.set("images", "signature_policy", said.value(), said);
    }
    if (present.test(Path.of(REGISTRIES))) {
      draft.set(
          "images", "registries_conf", REGISTRIES, unsaid("registries.conf", REGISTRIES, unsaid));
    }
    if (present.test(Path.of(HOOKS)) && settings.get("crio", "runtime", "hooks_dir").isEmpty()) {
      List<String> path = List.of("crio", "runtime", "hooks_dir");
      List<String> value = List.of(HOOKS);
      draft.set("containers", "hooks_dirs", value, new Setting(path, path, value, unsaid));
    }
    if (settings.get("crio", "runtime", "default_capabilities").isEmpty()) {
      List<String> path = List.of("crio", "runtime", "default_capabilities");
      draft.set(
          "containers",
          "capabilities",
          CAPABILITIES,
          new Setting(path, path, CAPABILITIES, unsaid));
    }
  }

  private static Setting unsaid(String name, String value, Origin origin) {
    List<String> path = List.of("crio", "image", name);
    return new Setting(path, path, value, origin);
  }
}
