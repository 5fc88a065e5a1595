package io.jcri.it.restart;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.it.kit.CniNetwork;
import io.jcri.it.kit.Waiting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;

/**
 * Programs that a daemon calls, runc and the bridge plugin, each of which can be held before or
 * after it does its work: so a test ends the daemon at a moment of its choice.
 *
 * @param folder where the programs and their marks are
 */
record HeldPrograms(Path folder) {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Writes the programs into a new folder. */
  static HeldPrograms create() {
    try {
      HeldPrograms programs = new HeldPrograms(Files.createTempDirectory("jct-held"));
      programs.write(
          "held-runc",
          """
          what=other
          for argument; do
            case $argument in run|delete) what=$argument; break;; esac
          done
          hold $what-before
          runc "$@"
          code=$?
          hold $what-after
          exit $code
          """);
      programs.write(
          "held-bridge",
          """
          hold $CNI_COMMAND-before
          %s/bridge
          code=$?
          hold $CNI_COMMAND-after
          exit $code
          """
              .formatted(CniNetwork.PLUGINS));
      return programs;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void write(String name, String rest) throws IOException {
    // Of several at that moment, the one that moves the mark is held, and writes its number.
    String hold =
        """
        #!/bin/sh
        hold() {
          mv "%1$s/wanted-$1" '%1$s/held' 2>/dev/null || return
          echo $$ > '%1$s/held'
          while [ -e '%1$s/held' ]; do sleep 0.01; done
        }
        """
            .formatted(folder);
    Path script = Files.writeString(folder.resolve(name), hold + rest);
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  Path runc() {
    return folder.resolve("held-runc");
  }

  Path bridge() {
    return folder.resolve("held-bridge");
  }

  /**
   * Has the next program that comes there be held.
   *
   * @param moment such as {@code run-before} or {@code ADD-after}
   */
  void holdAt(String moment) throws IOException {
    Files.createFile(folder.resolve("wanted-" + moment));
  }

  /** Waits until one is held. */
  void awaitHeld() throws IOException {
    Waiting.until(
        PATIENCE,
        () -> Files.exists(held()) && !Files.readString(held()).isBlank(),
        () -> "no program came there");
  }

  /** Lets the one that is held do the rest of its work, and waits until it has ended. */
  void release() throws IOException {
    Path process = Path.of("/proc", Files.readString(held()).strip());
    assertThat(process).exists();
    Files.delete(held());
    Waiting.until(PATIENCE, () -> hasEnded(process), () -> "the program that was held runs on");
  }

  /** Forgets the one that is held, which somebody has ended. */
  void forget() throws IOException {
    Files.delete(held());
  }

  /** Whose parent has gone may wait to be reaped. */
  private static boolean hasEnded(Path process) {
    try {
      String stat = Files.readString(process.resolve("stat"));
      return stat.charAt(stat.lastIndexOf(')') + 2) == 'Z';
    } catch (IOException gone) {
      return true;
    }
  }

  /** Deletes the programs. */
  void delete() throws IOException {
    for (Path file : List.of(runc(), bridge(), folder)) {
      Files.delete(file);
    }
  }

  private Path held() {
    return folder.resolve("held");
  }
}
