package io.jcri.daemon.check;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How much of what the kernel hands out there is for all pods together. */
final class LimitCheck implements Check {
  /**
   * One.
   *
   * @param least what a node full of pods wants
   * @param why what happens below that
   */
  private record Limit(String name, String sysctl, long least, String why) {}

  private static final List<Limit> ALL =
      List.of(
          new Limit(
              "limits.inotifyInstances",
              "fs.inotify.max_user_instances",
              512,
              "pods that watch files fail with \"too many open files\""),
          new Limit(
              "limits.inotifyWatches",
              "fs.inotify.max_user_watches",
              65_536,
              "pods that watch files fail with \"no space left on device\""),
          new Limit(
              "limits.processes", "kernel.pid_max", 65_536, "pods run out of process numbers"),
          new Limit("limits.threads", "kernel.threads-max", 32_768, "pods cannot start threads"),
          new Limit(
              "limits.files",
              "fs.nr_open",
              1_048_576,
              "the daemon's unit asks for 1048576 open files"),
          new Limit("limits.allFiles", "fs.file-max", 1_048_576, "pods run out of open files"),
          new Limit(
              "limits.keys",
              "kernel.keys.root_maxkeys",
              10_000,
              "each container takes a keyring, and those without fail"));

  @Override
  public String about() {
    return "limits";
  }

  @Override
  public List<Finding> look(CheckedNode node) throws IOException {
    List<Finding> findings = new ArrayList<>();
    for (Limit limit : ALL) {
      findings.add(look(limit, node.sysctl(limit.sysctl())));
    }
    return findings;
  }

  /** Some are larger than a long. */
  private static Finding look(Limit limit, Optional<String> text) {
    String value = text.orElse("");
    if (!value.matches("[0-9]+")) {
      return Finding.skipped(limit.name(), limit.sysctl() + " is not there");
    }
    String seen = limit.sysctl() + " is " + value;
    return value.length() > 18 || Long.parseLong(value) >= limit.least()
        ? Finding.ok(limit.name(), seen)
        : Finding.warn(
            limit.name(),
            seen + ", " + limit.least() + " is better: " + limit.why(),
            "Set it: echo %s=%d >> /etc/sysctl.d/99-kubernetes.conf && sysctl --system"
                .formatted(limit.sysctl(), limit.least()));
  }
}
