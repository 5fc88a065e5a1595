package io.jcri.it.faults;

import io.jcri.it.kit.Command;
import io.jcri.it.kit.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** What happens to jcri's own programs while pods run. */
final class UpgradeFaults {
  private UpgradeFaults() {}

  /**
   * A daemon of another installation takes over; its programs are deleted, as a careless upgrade
   * does, while the shims it has started run, and the first installation takes over again.
   */
  static Fault programsReplaced(Random random) {
    boolean deleted = random.nextBoolean();
    return round -> {
      Path other = copy(round.node().disk().resolve("other-jcri"));
      round.sleepUpTo(700);
      round.node().daemon().kill();
      round.node().daemon().startFrom(other);
      round.sleepUpTo(1000);
      if (deleted) {
        delete(other.resolve("libexec"));
        round.sleepUpTo(300);
      }
      round.tell(deleted ? "deleted while the daemon runs" : "");
      round.node().daemon().kill();
      delete(other);
      round.node().daemon().start();
    };
  }

  /** Programs of its own, all else of the distribution under test. */
  private static Path copy(Path other) throws IOException {
    delete(other);
    Files.createDirectories(other);
    Path built = Workspace.distribution();
    for (Path part : FaultNode.list(built)) {
      String name = String.valueOf(part.getFileName());
      if (name.equals("libexec") || name.equals("bin")) {
        Command.of("cp", "-a", part.toString(), other.toString()).run().orThrow();
      } else {
        Files.createSymbolicLink(other.resolve(name), part.toAbsolutePath());
      }
    }
    return other;
  }

  private static void delete(Path folder) throws IOException {
    Command.of("rm", "-rf", folder.toString()).run().orThrow();
  }
}
