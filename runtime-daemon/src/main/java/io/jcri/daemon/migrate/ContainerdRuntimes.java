package io.jcri.daemon.migrate;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * containerd's runtimes as handlers: those of its own shim are an OCI runtime each, by the name
 * that the shim is told, and others stay shims.
 */
final class ContainerdRuntimes {
  private static final String RUNTIME = "runtime";
  private static final String CONTAINERD = "containerd";
  private static final String IMAGES = "images";
  private static final String SNAPSHOTTER = "snapshotter";
  private static final String RUNTIMES = "runtimes";
  private static final String LINUX = "io.containerd.runtime.v1.linux";

  /** The types that call an OCI runtime for each container. */
  private static final Set<String> OF_RUNC =
      Set.of("io.containerd.runc.v1", "io.containerd.runc.v2", LINUX);

  private final Settings settings;
  private final Draft draft;

  /** The snapshotter of all runtimes, when it is one that copies. */
  private final Optional<Setting> everywhere;

  private ContainerdRuntimes(Settings settings, Draft draft) {
    this.settings = settings;
    this.draft = draft;
    this.everywhere =
        settings
            .get(IMAGES, SNAPSHOTTER)
            .filter(ContainerdRuntimes::copies)
            .flatMap(_ -> settings.take(IMAGES, SNAPSHOTTER));
  }

  static void carry(Settings settings, Draft draft) {
    ContainerdRuntimes runtimes = new ContainerdRuntimes(settings, draft);
    Optional<Setting> standard =
        settings.take(RUNTIME, CONTAINERD, "default_runtime_name").filter(one -> !one.idle());
    List<String> names = settings.names(RUNTIME, CONTAINERD, RUNTIMES);
    // containerd's table for one default runtime of old beats the name.
    Optional<Setting> old = runtimes.get("default", "runtime_type").filter(one -> !one.idle());
    Optional<Setting> chosen = old.isPresent() ? old : standard;
    String first = old.isPresent() ? "default" : standard.map(Setting::text).orElse("runc");
    List<Setting> drivers = new ArrayList<>();
    for (String name : names) {
      Optional<Setting> driver = runtimes.handler(name);
      driver.ifPresent(one -> drivers.add(name.equals(first) ? 0 : drivers.size(), one));
    }
    chosen.ifPresent(one -> Handlers.standard(first, one, draft));
    settings
        .take(RUNTIME, "systemd_cgroup")
        .filter(one -> !one.idle())
        .ifPresent(one -> drivers.addLast(one));
    runtimes.cgroupDriver(drivers);
  }

  /**
   * One runtime.
   *
   * @return which cgroup driver it is told, if it is
   */
  private Optional<Setting> handler(String name) {
    Optional<Setting> type = take(name, "runtime_type");
    if (type.isEmpty() || type.get().idle()) {
      // The tables for single runtimes, which a printed default configuration has all empty.
      settings.takeBelow(RUNTIME, CONTAINERD, RUNTIMES, name).stream()
          .filter(one -> !one.idle())
          .findFirst()
          .ifPresent(one -> draft.lose(one, "its table has no runtime_type, so it is no runtime"));
      return Optional.empty();
    }
    List<Draft.Line> lines = new ArrayList<>();
    List<Setting> sources = new ArrayList<>(List.of(type.get()));
    Optional<Setting> path = take(name, "runtime_path").filter(one -> !one.idle());
    Optional<Setting> engine = take(name, "runtime_engine").filter(one -> !one.idle());
    Optional<Setting> binary = takeOption(name, "BinaryName").filter(one -> !one.idle());
    Optional<Setting> config = takeOption(name, "ConfigPath").filter(one -> !one.idle());
    Optional<Setting> driver = Optional.empty();
    if (OF_RUNC.contains(type.get().text()) && path.isEmpty()) {
      Optional<Setting> program = binary.or(() -> engine);
      if (program.isEmpty() && type.get().text().equals(LINUX)) {
        program = settings.get("plugins", LINUX, "runtime").filter(one -> !one.idle());
      }
      String text = program.map(Setting::text).orElse("runc");
      lines.add(new Draft.Line("binary", TomlText.text(text)));
      program.ifPresent(sources::add);
      config.ifPresent(one -> draft.lose(one, "an OCI runtime is told no file of settings"));
      driver = takeOption(name, "SystemdCgroup").filter(one -> one.value() instanceof Boolean);
    } else {
      String shim = path.orElse(type.get()).text();
      lines.add(new Draft.Line("shim", TomlText.text(shim)));
      path.ifPresent(sources::add);
      take(name, "sandboxer")
          .or(() -> take(name, "sandbox_mode"))
          .filter(one -> one.text().equals("shim"))
          .ifPresent(one -> {
            lines.add(new Draft.Line("sandbox", TomlText.text("shim")));
            sources.add(one);
          });
      config.ifPresent(one -> lines.add(new Draft.Line("shim_config", TomlText.text(one.text()))));
      config.ifPresent(sources::add);
      binary.ifPresent(one -> draft.lose(one, "a shim is told its program by its own shim_config"));
      takeOption(name, "SystemdCgroup")
          .filter(Setting::isTrue)
          .ifPresent(one ->
              draft.lose(one, "a shim follows jcri's key cgroup_driver, or its own shim_config"));
    }
    snapshot(name)
        .ifPresent(one -> {
          lines.add(new Draft.Line("snapshot", TomlText.text("copy")));
          sources.add(one);
        });
    for (String key : List.of("pod_annotations", "container_annotations")) {
      take(name, key)
          .filter(one -> !one.idle())
          .ifPresent(one -> {
            lines.add(new Draft.Line(key, TomlText.value(one.value())));
            sources.add(one);
          });
    }
    Handlers.add(name, lines, sources, draft);
    return driver;
  }

  /** Who has containers copy their image; a runtime without a word of its own does as all do. */
  private Optional<Setting> snapshot(String name) {
    Optional<Setting> own = get(name, SNAPSHOTTER).filter(one -> !one.idle());
    if (own.isPresent()) {
      return own.filter(ContainerdRuntimes::copies).flatMap(_ -> take(name, SNAPSHOTTER));
    }
    return everywhere;
  }

  private static boolean copies(Setting snapshotter) {
    return snapshotter.text().equals("native");
  }

  /** There is one driver for all, as the kubelet has it; that of the default runtime counts. */
  private void cgroupDriver(List<Setting> told) {
    if (told.isEmpty()) {
      return;
    }
    Setting first = told.getFirst();
    draft.set("", "cgroup_driver", first.isTrue() ? "systemd" : "cgroupfs", first);
    for (Setting other : told.subList(1, told.size())) {
      if (other.isTrue() != first.isTrue()) {
        draft.lose(other, "jcri has one cgroup_driver for all handlers, as the kubelet has");
      }
    }
  }

  private Optional<Setting> get(String name, String key) {
    return settings.get(RUNTIME, CONTAINERD, RUNTIMES, name, key);
  }

  private Optional<Setting> take(String name, String key) {
    return settings.take(RUNTIME, CONTAINERD, RUNTIMES, name, key);
  }

  private Optional<Setting> takeOption(String name, String key) {
    return settings.take(RUNTIME, CONTAINERD, RUNTIMES, name, "options", key);
  }
}
