package io.jcri.sandbox;

import io.jcri.sandbox.mount.Mounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Namespaces that somebody has unmounted are pinned again while the pause process has them. */
final class Pins {
  private static final Path A_NAMESPACE = Path.of("/proc/self/ns/ipc");

  private final Mounts mounts;

  Pins(Mounts mounts) {
    this.mounts = mounts;
  }

  /** Those of a sandbox whose pin has gone, by name as in /proc/[pid]/ns. */
  List<String> lost(SandboxState state) throws IOException {
    // The kernel has all namespaces on a file system of their own, which nothing else is on.
    Object theirs = Files.getAttribute(A_NAMESPACE, "unix:dev");
    List<String> lost = new ArrayList<>();
    for (Path pin : all(state)) {
      if (!Files.exists(pin, LinkOption.NOFOLLOW_LINKS)
          || !Files.getAttribute(pin, "unix:dev", LinkOption.NOFOLLOW_LINKS).equals(theirs)) {
        lost.add(String.valueOf(pin.getFileName()));
      }
    }
    return lost;
  }

  /**
   * Pins one again.
   *
   * @return false when the pause process has ended, and with it what there was to pin
   */
  boolean restore(SandboxState state, String name) throws IOException {
    if (!state.pause().alive()) {
      return false;
    }
    Path pin = new SandboxFiles(state.directory()).namespace(name);
    Files.createDirectories(pin.getParent());
    if (Files.notExists(pin, LinkOption.NOFOLLOW_LINKS)) {
      Files.createFile(pin);
    }
    Path source = Path.of("/proc", Integer.toString(state.pause().pid()), "ns", name);
    mounts.bindUnbindable(source, pin);
    // Its number may have been given to another process before the namespace was opened.
    if (!state.pause().alive()) {
      mounts.unmount(pin);
      return false;
    }
    return true;
  }

  private static List<Path> all(SandboxState state) {
    return Stream.of(state.netns(), state.ipcns(), state.utsns(), state.pidns(), state.userns())
        .flatMap(Optional::stream)
        .toList();
  }
}
