package io.jcri.daemon.config;

import io.jcri.oci.spec.Rlimit;
import java.util.List;

/**
 * What containers get that neither their pod nor their image says otherwise of.
 *
 * @param ulimits each kind once; the daemon's own limits count for those that are not there
 */
public record ContainerSettings(List<Rlimit> ulimits) {
  public ContainerSettings {
    ulimits = List.copyOf(ulimits);
  }

  /** What an empty file means: for files, what systemd gives to every service. */
  static ContainerSettings defaults() {
    return new ContainerSettings(List.of(new Rlimit("RLIMIT_NOFILE", 524_288, 1024)));
  }
}
