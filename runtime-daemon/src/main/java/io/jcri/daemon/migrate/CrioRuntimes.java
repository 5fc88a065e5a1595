package io.jcri.daemon.migrate;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** CRI-O's runtimes as handlers: of type {@code oci} a program, of type {@code vm} a shim. */
final class CrioRuntimes {
  private static final String CRIO = "crio";
  private static final String RUNTIME = "runtime";
  private static final String RUNTIMES = "runtimes";

  /** What CRI-O takes since version 1.31 when nothing is said. */
  private static final String STANDARD = "crun";

  private final Settings settings;
  private final Draft draft;

  /** The name of the default runtime, whose values others may inherit. */
  private final String standard;

  private CrioRuntimes(Settings settings, Draft draft, String standard) {
    this.settings = settings;
    this.draft = draft;
    this.standard = standard;
  }

  /**
   * Carries them over.
   *
   * @param origin of what the files do not say
   */
  static void carry(Settings settings, Draft draft, Origin origin) {
    Setting chosen =
        settings
            .take(CRIO, RUNTIME, "default_runtime")
            .filter(one -> !one.idle())
            .orElseGet(() -> unsaid(origin));
    CrioRuntimes runtimes = new CrioRuntimes(settings, draft, chosen.text());
    for (String name : settings.names(CRIO, RUNTIME, RUNTIMES)) {
      runtimes.handler(name);
    }
    Handlers.standard(chosen.text(), chosen, draft);
  }

  private static Setting unsaid(Origin origin) {
    List<String> path = List.of(CRIO, RUNTIME, "default_runtime");
    return new Setting(path, path, STANDARD, origin);
  }

  private void handler(String name) {
    List<Setting> own =
        settings.names(CRIO, RUNTIME, RUNTIMES, name).stream()
            .flatMap(key -> settings.get(CRIO, RUNTIME, RUNTIMES, name, key).stream())
            .toList();
    // A table without a key names a program of PATH.
    List<Setting> sources =
        new ArrayList<>(settings.get(CRIO, RUNTIME, RUNTIMES, name).stream().toList());
    Optional<Setting> inherit = own(name, "inherit_default_runtime").filter(Setting::isTrue);
    inherit.ifPresent(sources::add);
    String from = inherit.isPresent() ? standard : name;
    Optional<Setting> type = own(from, "runtime_type").filter(one -> !one.idle());
    Optional<Setting> path = own(from, "runtime_path").filter(one -> !one.idle());
    Optional<Setting> config = own(from, "runtime_config_path").filter(one -> !one.idle());
    List<Draft.Line> lines = new ArrayList<>();
    String kind = type.map(Setting::text).orElse("oci");
    if (kind.equals("vm")) {
      type.ifPresent(sources::add);
      path.ifPresent(sources::add);
      config.ifPresent(sources::add);
      lines.add(new Draft.Line("shim", TomlText.text(path.map(Setting::text).orElse(from))));
      config.ifPresent(one -> lines.add(new Draft.Line("shim_config", TomlText.text(one.text()))));
      type.ifPresent(one ->
          draft.note(
              one,
              "CRI-O shows a runtime all annotations of a pod, jcri those that the handler's"
                  + " pod_annotations name"));
    } else if (kind.equals("oci") || kind.equals("pod")) {
      path.ifPresent(sources::add);
      lines.add(new Draft.Line("binary", TomlText.text(path.map(Setting::text).orElse(from))));
      config.ifPresent(one -> draft.lose(one, "an OCI runtime is told no file of settings"));
    } else {
      type.ifPresent(one -> draft.lose(one, "jcri knows the types oci, pod and vm"));
      return;
    }
    if (sources.isEmpty()) {
      sources.addAll(own.isEmpty() ? List.of() : own.subList(0, 1));
    }
    Handlers.add(name, lines, sources, draft);
  }

  private Optional<Setting> own(String name, String key) {
    return settings.get(CRIO, RUNTIME, RUNTIMES, name, key);
  }
}
