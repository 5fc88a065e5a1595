package io.jcri.it.confine;

import io.jcri.it.kit.Command;
import io.jcri.it.kit.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * A kept folder with a writable one in it, and mounts of the host that go with the test. Programs
 * see the system's own besides.
 */
final class ConfineFixture implements AutoCloseable {
  private final Path kept;
  private final Deque<Path> mounts = new ConcurrentLinkedDeque<>();

  ConfineFixture(Path folder) throws IOException {
    kept = Files.createDirectories(folder.toRealPath().resolve("kept"));
    Files.createDirectories(writable());
  }

  Path kept() {
    return kept;
  }

  Path writable() {
    return kept.resolve("writable");
  }

  /** A new folder of this path below the kept one. */
  Path folder(String path) throws IOException {
    return Files.createDirectories(kept.resolve(path));
  }

  /** Mounts a tmpfs with one file, {@code secret}, on a new folder. */
  Path secrets(String path) throws IOException {
    Path target = folder(path);
    mount("-t", "tmpfs", "jcri-test", target.toString());
    Files.writeString(target.resolve("secret"), "x");
    return target;
  }

  /** Mounts with mount(8), the last argument being the target. */
  void mount(String... arguments) throws IOException {
    List<String> line = new ArrayList<>(List.of("mount"));
    line.addAll(Arrays.asList(arguments));
    Command.of(line).run().orThrow();
    mounts.push(Path.of(line.getLast()));
  }

  /** Takes the mount away as whoever made it would: it fails when somebody uses it. */
  void unmount(Path target) throws IOException {
    Command.of("umount", target.toString()).run().orThrow();
    mounts.remove(target);
  }

  /** The command line, for the fixture's folders and further settings. */
  List<String> line(List<String> settings, String... program) throws IOException {
    List<String> line = new ArrayList<>();
    line.add(Workspace.distribution().resolve("libexec/jcri-confine").toString());
    line.addAll(systemFolders());
    line.add("keep=" + kept);
    line.add("writable=" + writable());
    line.addAll(settings);
    line.add("--");
    line.addAll(Arrays.asList(program));
    return line;
  }

  /** Runs a shell with these settings and the fixture's, whatever its end. */
  Command.Result sh(List<String> settings, String script) throws IOException {
    return Command.of(line(settings, "/bin/sh", "-c", "cd " + kept + " && " + script)).run();
  }

  private static List<String> systemFolders() {
    return List.of("/usr", "/etc", "/bin", "/sbin", "/lib", "/lib64").stream()
        .map(Path::of)
        .filter(path -> Files.isDirectory(path) && !Files.isSymbolicLink(path))
        .map(path -> "keep=" + path)
        .toList();
  }

  @Override
  public void close() throws IOException {
    for (Path mount : mounts) {
      Command.of("umount", "--lazy", mount.toString()).run();
    }
  }
}
