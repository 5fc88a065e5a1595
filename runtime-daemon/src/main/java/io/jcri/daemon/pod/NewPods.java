package io.jcri.daemon.pod;

import io.jcri.daemon.life.PodEvent;
import io.jcri.daemon.life.PodLife;
import io.jcri.daemon.security.Selinux;
import io.jcri.daemon.system.Clock;
import java.util.List;
import java.util.Optional;

/** Pods of which nothing is made yet, with what is theirs alone. Thread-safe. */
final class NewPods {
  private final Selinux selinux;
  private final Clock clock;
  private final String bootId;

  NewPods(Selinux selinux, Clock clock, String bootId) {
    this.selinux = selinux;
    this.clock = clock;
    this.bootId = bootId;
  }

  Pod of(String id, PodConfig config) {
    return new Pod(
        id,
        config,
        clock.nanos(),
        PodLife.on(Optional.empty(), PodEvent.RUN).to().orElseThrow(),
        Optional.empty(),
        false,
        List.of(),
        Optional.empty(),
        selinux.allocate(config.selinux(), config.privileged()),
        bootId);
  }

  /** Takes back what one has that was never recorded. */
  void discard(Pod pod) {
    pod.labels().ifPresent(selinux::release);
  }
}
