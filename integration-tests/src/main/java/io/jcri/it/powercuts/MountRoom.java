package io.jcri.it.powercuts;

import io.jcri.it.kit.Command;
import io.jcri.it.kit.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A mount namespace that nobody else copies. What is mounted on the machine itself goes along into
 * each namespace that somebody makes there, and a disk could not be taken away before that ends.
 */
final class MountRoom implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Ends with its input, and so with us. */
  private final Process holder;

  private MountRoom(Process holder) {
    this.holder = holder;
  }

  static MountRoom open() throws IOException {
    Process holder =
        new ProcessBuilder("unshare", "--mount", "--propagation", "private", "--", "cat").start();
    Path mine = Files.readSymbolicLink(Path.of("/proc/self/ns/mnt"));
    Path its = Path.of("/proc", Long.toString(holder.pid()), "ns/mnt");
    Waiting.until(
        PATIENCE,
        () -> !Files.readSymbolicLink(its).equals(mine),
        () -> "no mount namespace of unshare's");
    return new MountRoom(holder);
  }

  /** The words that a command begins with which is to run in there. */
  List<String> enter() {
    return List.of("nsenter", "--target", Long.toString(holder.pid()), "--mount", "--");
  }

  /** Runs a command in there, which must succeed. */
  void run(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(enter());
    command.addAll(List.of(arguments));
    Command.of(command).run().orThrow();
  }

  /** What is at a path in there. */
  Path see(Path path) {
    return Path.of("/proc", Long.toString(holder.pid()), "root" + path);
  }

  /** Mounts a tmpfs in there. */
  void tmpfs(Path folder) throws IOException {
    run("mount", "-t", "tmpfs", "-o", "size=2g", "jct", folder.toString());
  }

  @Override
  public void close() throws IOException {
    if (!Waiting.end(holder.destroyForcibly(), PATIENCE)) {
      throw new IOException("the holder of a mount namespace does not end");
    }
  }
}
