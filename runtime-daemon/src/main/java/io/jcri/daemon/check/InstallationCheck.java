package io.jcri.daemon.check;

import io.jcri.daemon.system.NativeBinaries;
import io.jcri.sandbox.linux.Linux;
import java.io.IOException;
import java.util.List;

/** Whether jcri itself is complete, and who looks. */
final class InstallationCheck implements Check {
  @Override
  public String about() {
    return "installation";
  }

  @Override
  public List<Finding> look(CheckedNode node) {
    return List.of(programs(), user());
  }

  private static Finding programs() {
    try {
      return Finding.ok(
          "installation.programs", "complete, " + NativeBinaries.find().launcher().getParent());
    } catch (IOException e) {
      return Finding.fail(
          "installation.programs",
          String.valueOf(e.getMessage()),
          "Install jcri again: apt install --reinstall ./jcri_*.deb");
    }
  }

  private static Finding user() {
    return Linux.get().getuid() == 0
        ? Finding.ok("installation.user", "root")
        : Finding.warn(
            "installation.user",
            "not root: other users' files may not be seen",
            "Run it as root: sudo jcri check");
  }
}
