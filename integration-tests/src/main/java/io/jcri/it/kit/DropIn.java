package io.jcri.it.kit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file in a daemon's {@code conf.d}, by which a test says more to it than its configuration does.
 *
 * @param file which need not be there
 * @param adminSocket of the daemon
 */
public record DropIn(Path file, Path adminSocket) {
  /** Writes it; the daemon heeds it from the next reload or start on. */
  public void write(String toml) throws IOException {
    Files.createDirectories(file.resolveSibling("."));
    Files.writeString(file, toml);
  }

  /** Takes it away, if it is there; likewise. */
  public void delete() throws IOException {
    Files.deleteIfExists(file);
  }

  /** Has the daemon read its configuration again, as a person would. Returns what that tells. */
  public Command.Result reload() throws IOException {
    return Command.of(
            Workspace.distribution().resolve("bin/jcri").toString(),
            "config",
            "reload",
            "--socket",
            adminSocket.toString())
        .run();
  }

  /** As {@link #write} and {@link #reload}, which must succeed. */
  public void say(String toml) throws IOException {
    write(toml);
    reload().orThrow();
  }

  /** As {@link #delete} and {@link #reload}, which must succeed. */
  public void takeBack() throws IOException {
    delete();
    reload().orThrow();
  }
}
