package io.jcri.daemon.migrate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** containerd's own validator of what NRI plugins want: what it rejects, in one list of jcri's. */
final class NriValidator {
  private static final String TABLE = "default_validator";

  private static final Map<String, String> REJECTED = new LinkedHashMap<>();

  static {
    REJECTED.put("reject_oci_hook_adjustment", "hooks");
    REJECTED.put("reject_namespace_adjustment", "namespaces");
    REJECTED.put("reject_sysctl_adjustment", "sysctls");
    REJECTED.put("reject_runtime_default_seccomp_adjustment", "seccomp-default");
    REJECTED.put("reject_unconfined_seccomp_adjustment", "seccomp-unconfined");
    REJECTED.put("reject_custom_seccomp_adjustment", "seccomp-custom");
  }

  private NriValidator() {}

  /** Carries it over, if it is enabled. */
  static void carry(Settings settings, Draft draft) {
    Optional<Setting> enable = settings.take("nri", TABLE, "enable");
    if (!enable.map(Setting::isTrue).orElse(false)) {
      settings.takeBelow("nri", TABLE).stream()
          .filter(one -> !one.idle())
          .forEach(one -> draft.spare(one, "the validator is switched off"));
      return;
    }
    List<String> rejected = new ArrayList<>();
    List<Setting> sources = new ArrayList<>();
    REJECTED.forEach((theirs, ours) ->
        settings
            .take("nri", TABLE, theirs)
            .filter(Setting::isTrue)
            .ifPresent(one -> {
              rejected.add(ours);
              sources.add(one);
            }));
    if (!rejected.isEmpty()) {
      Draft.Line line = new Draft.Line("reject", TomlText.value(rejected));
      draft.add(new Draft.Piece("nri", List.of(line), sources));
    }
  }
}
