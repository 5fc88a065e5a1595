package io.jcri.daemon.check;

import io.jcri.sandbox.linux.Reasons;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** All checks, in the order in which a person reads of them. */
public final class NodeChecks {
  private static final List<Check> ALL =
      List.of(
          new InstallationCheck(),
          new KernelCheck(),
          new SysctlCheck(),
          new CgroupCheck(),
          new HandlerCheck(),
          new NetworkCheck(),
          new DiskCheck(),
          new LimitCheck(),
          new InotifyCheck(),
          new PortCheck(),
          new ClockCheck(),
          new KubeletCheck(),
          new NeighbourCheck(),
          new PluginCheck(),
          new HookCheck(),
          new OptionalCheck());

  private NodeChecks() {}

  /** Looks at everything; what can't be looked at is a warning. */
  public static List<Finding> of(CheckedNode node) {
    List<Finding> findings = new ArrayList<>();
    for (Check check : ALL) {
      try {
        findings.addAll(check.look(node));
      } catch (IOException | UncheckedIOException e) {
        findings.add(
            Finding.warn(
                check.about(),
                "cannot be told: " + Reasons.of(e),
                "Run jcri check as root: some of what it reads is root's."));
      }
    }
    return List.copyOf(findings);
  }
}
