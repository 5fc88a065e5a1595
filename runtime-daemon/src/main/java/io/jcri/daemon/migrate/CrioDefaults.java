package io.jcri.daemon.migrate;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What CRI-O does though no file says so, and jcri only when it is told, the node's policy for
 * signatures and its list of registries, or not at all.
 */
final class CrioDefaults {
  private static final String POLICY = "/etc/containers/policy.json";
  private static final String REGISTRIES = "/etc/containers/registries.conf";

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
    if (settings.get("crio", "runtime", "default_capabilities").isEmpty()) {
      draft.tell(
          new Finding(
              unsaid,
              "crio.runtime.default_capabilities",
              "",
              "not set, and a container has AUDIT_WRITE, MKNOD, NET_RAW, SETFCAP and SYS_CHROOT as"
                  + " well, which CRI-O keeps from it; a pod may drop them",
              Finding.Weight.NOTE));
    }
  }

  private static Setting unsaid(String name, String value, Origin origin) {
    List<String> path = List.of("crio", "image", name);
    return new Setting(path, path, value, origin);
  }
}
