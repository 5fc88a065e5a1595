package io.jcri.sandbox;

import io.jcri.sandbox.linux.ProcessId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What lies in a sandbox's directory:
 *
 * <pre>
 * ns/net ns/ipc ns/uts ns/pid ns/user   the pinned namespaces, those that the pod has
 * shm/                                  the pod's tmpfs
 * pause                                 "4711 190210": the pause process and its start time
 * cgroup                                the cgroup that was made for the pause process
 * </pre>
 */
record SandboxFiles(Path directory) {
  private static final List<String> NAMESPACES = List.of("net", "ipc", "uts", "pid", "user");

  private static final Pattern PAUSE = Pattern.compile("([0-9]{1,9}) ([0-9]{1,18})");

  Path namespace(String name) {
    return directory.resolve("ns").resolve(name);
  }

  Path shm() {
    return directory.resolve("shm");
  }

  Path cgroup() {
    return directory.resolve("cgroup");
  }

  private Path pause() {
    return directory.resolve("pause");
  }

  /** Everything that may be a mount. */
  List<Path> mounts() {
    List<Path> mounts = new ArrayList<>();
    NAMESPACES.forEach(name -> mounts.add(namespace(name)));
    mounts.add(shm());
    return mounts;
  }

  /** Everything there may be once nothing is mounted, children first. */
  List<Path> leftovers() {
    List<Path> files = mounts();
    files.add(directory.resolve("ns"));
    files.add(directory.resolve("root"));
    files.add(pause());
    return files;
  }

  Optional<Path> ifPresent(Path path) {
    return Files.exists(path) ? Optional.of(path) : Optional.empty();
  }

  /** The pause process as the helper has noted it; empty when it came to none. */
  Optional<ProcessId> readPause() throws IOException {
    // A file cut short by a crash names no process: the helper died before it let the process go.
    return read(pause())
        .map(PAUSE::matcher)
        .filter(Matcher::matches)
        .map(line -> new ProcessId(Integer.parseInt(line.group(1)), Long.parseLong(line.group(2))));
  }

  /** The cgroup that was made, as far as the note tells; it may be damaged. */
  Optional<String> readCgroup() throws IOException {
    return read(cgroup()).filter(path -> !path.isEmpty());
  }

  private static Optional<String> read(Path file) throws IOException {
    try {
      // What is damaged need not be text.
      return Optional.of(new String(Files.readAllBytes(file), StandardCharsets.UTF_8).strip());
    } catch (NoSuchFileException gone) {
      return Optional.empty();
    }
  }
}
