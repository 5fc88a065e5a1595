package io.jcri.daemon.pull;

import io.jcri.daemon.system.NativeBinaries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * How the worker is started: through {@code jcri-confine}, so that it sees the root file system and
 * what configurations lie on, read-only, may write to nothing but the image store, and has only the
 * capabilities that unpacking takes.
 */
final class WorkerCommand {

  /** Owners, modes, devices and attributes of files; and overlays, to look through lower layers. */
  private static final List<String> CAPABILITIES =
      List.of("chown", "dac_override", "fowner", "fsetid", "mknod", "setfcap", "sys_admin");

  /**
   * Where certificates, credentials and names may be looked up; many are file systems of their own.
   */
  private static final List<Path> READ =
      List.of(Path.of("/"), Path.of("/etc"), Path.of("/usr"), Path.of("/opt"));

  private static final Path RESOLVER = Path.of("/etc/resolv.conf");

  private final NativeBinaries binaries;
  private final WorkerMessages.Settings settings;
  private final WorkerCgroup cgroup;

  WorkerCommand(NativeBinaries binaries, WorkerMessages.Settings settings, WorkerCgroup cgroup) {
    this.binaries = binaries;
    this.settings = settings;
    this.cgroup = cgroup;
  }

  /** Returns program and arguments, for the node as it is now. Makes the cgroup. */
  List<String> words() throws IOException {
    Set<String> words = new LinkedHashSet<>();
    words.add(binaries.confine().toString());
    for (Path directory : cgroup.make()) {
      words.add("cgroup=" + directory);
    }
    for (Path path : visible()) {
      words.add("keep=" + path);
    }
    words.add("writable=" + settings.root().toRealPath());
    for (String capability : CAPABILITIES) {
      words.add("cap=" + capability);
    }
    List<String> all = new ArrayList<>(words);
    all.addAll(List.of("--", binaries.launcher().toString(), "pull-worker"));
    return all;
  }

  private Set<Path> visible() throws IOException {
    Set<Path> paths = new LinkedHashSet<>();
    for (Path path : READ) {
      add(path, paths);
    }
    add(binaries.launcher().resolveSibling(".."), paths);
    for (Path directory : settings.registryDirectories()) {
      add(directory, paths);
    }
    if (settings.registriesConf().isPresent()) {
      add(settings.registriesConf().get().resolveSibling("."), paths);
    }
    if (settings.registryAuth().isPresent()) {
      add(settings.registryAuth().get(), paths);
    }
    if (settings.signaturePolicy().isPresent()) {
      add(settings.signaturePolicy().get().resolveSibling("."), paths);
      add(settings.signaturePlaces(), paths);
    }
    if (Files.exists(RESOLVER)) {
      // It may be a link to where a resolver of the node's keeps it up to date.
      add(RESOLVER.toRealPath().resolveSibling("."), paths);
    }
    add(settings.socket(), paths);
    return paths;
  }

  private static void add(Path path, Set<Path> paths) throws IOException {
    if (Files.exists(path)) {
      paths.add(path.toRealPath());
    }
  }
}
