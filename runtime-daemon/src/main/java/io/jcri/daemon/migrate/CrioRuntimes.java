package io.jcri.daemon.migrate;

import io.jcri.daemon.config.HandlerRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** CRI-O's runtimes as handlers: of type {@code oci} a program, of type {@code vm} a shim. */
final class CrioRuntimes {
  private static final String CRIO = "crio";
  private static final String RUNTIME = "runtime";
  private static final String RUNTIMES = "runtimes";

  /** What CRI-O takes since version 1.31 when nothing is said. */
  private static final String STANDARD = "crun";

  private static final Pattern SIZE = Pattern.compile("([1-9][0-9]{0,9}) ?([kKmMgG]?)(?:i?[bB])?");

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
    allowed(name, lines, sources);
    rules(name, lines, sources);
    if (sources.isEmpty()) {
      sources.addAll(own.isEmpty() ? List.of() : own.subList(0, 1));
    }
    Handlers.add(name, lines, sources, draft);
  }

  /** Annotations of pods that a handler here heeds as well, and those that none does. */
  private void allowed(String name, List<Draft.Line> lines, List<Setting> sources) {
    Optional<Setting> found =
        settings
            .take(CRIO, RUNTIME, RUNTIMES, name, "allowed_annotations")
            .filter(one -> !one.idle());
    if (found.isEmpty()) {
      return;
    }
    Setting all = found.get();
    List<String> heeded = all.texts().stream().filter(HandlerRules::heeds).toList();
    if (!heeded.isEmpty()) {
      lines.add(new Draft.Line("allowed_annotations", TomlText.value(heeded)));
      sources.add(all);
    }
    if (heeded.size() < all.texts().size()) {
      draft.lose(
          all,
          "jcri heeds those of umask, shm size and devices alone; of others it does what the pod's"
              + " fields say");
    }
  }

  /** Whatever else a handler has. */
  private void rules(String name, List<Draft.Line> lines, List<Setting> sources) {
    List<Setting> annotations =
        settings.takeBelow(CRIO, RUNTIME, RUNTIMES, name, "default_annotations").stream()
            .filter(one -> one.value() instanceof String)
            .toList();
    if (!annotations.isEmpty()) {
      List<String> texts = annotations.stream().map(one -> one.name() + "=" + one.text()).toList();
      lines.add(new Draft.Line("default_annotations", TomlText.value(texts)));
      sources.addAll(annotations);
    }
    settings
        .take(CRIO, RUNTIME, RUNTIMES, name, "container_min_memory")
        .filter(one -> !one.idle())
        .ifPresent(one ->
            mebibytes(one.text())
                .ifPresentOrElse(
                    least -> {
                      lines.add(new Draft.Line("min_memory_mib", least.toString()));
                      sources.add(one);
                    },
                    () -> draft.lose(one, "jcri's min_memory_mib has no such value")));
    settings
        .take(CRIO, RUNTIME, RUNTIMES, name, "container_create_timeout")
        .filter(one -> !one.idle())
        .ifPresent(one -> {
          lines.add(new Draft.Line("create_timeout_seconds", TomlText.value(one.value())));
          sources.add(one);
        });
  }

  /** A size as Docker writes it, {@code 12MiB} or {@code 512k}, in MiB, of which at least one. */
  static Optional<Long> mebibytes(String text) {
    Matcher size = SIZE.matcher(text);
    if (!size.matches()) {
      return Optional.empty();
    }
    int shift = 10 * " kmg".indexOf((size.group(2) + " ").toLowerCase(Locale.ROOT).charAt(0));
    long bytes = Long.parseLong(size.group(1)) << shift;
    return Optional.of((bytes + (1 << 20) - 1) >> 20);
  }

  private Optional<Setting> own(String name, String key) {
    return settings.get(CRIO, RUNTIME, RUNTIMES, name, key);
  }
}
