package io.jcri.daemon.app;

import io.jcri.daemon.config.DaemonConfig;
import io.jcri.daemon.node.CgroupFacts;
import io.jcri.daemon.runtime.Handlers;
import io.jcri.daemon.system.BuildInfo;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The first line of a start: what one asks first of a node that one doesn't know. */
final class StartLine {
  private StartLine() {}

  /**
   * In one line.
   *
   * @param files of the configuration, none for the defaults
   * @param networks that pods get
   */
  static String of(
      DaemonConfig config,
      List<Path> files,
      CgroupFacts cgroups,
      Handlers handlers,
      List<String> networks) {
    return "jcri %s starts; configuration: %s; cgroups: %s, by %s; handlers: %s; network: %s; socket: %s"
        .formatted(
            BuildInfo.version(),
            files.isEmpty()
                ? "the defaults"
                : files.stream().map(Path::toString).collect(Collectors.joining(", ")),
            cgroups.layout().name().toLowerCase(Locale.ROOT),
            cgroups.driverName(),
            String.join(", ", handlers.summary()),
            networks.isEmpty()
                ? "none yet in " + config.network().configurations()
                : String.join(", ", networks),
            config.socket());
  }
}
