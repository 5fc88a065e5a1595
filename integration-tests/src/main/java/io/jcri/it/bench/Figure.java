package io.jcri.it.bench;

import java.util.Optional;

/** A row of the table: what is measured, and the design's budget for it. */
enum Figure {
  BARE_RUN("bare runc run --detach, same bundle", Unit.MS),
  POD_UP_HOST("pod up, host network", Unit.MS, 30),
  POD_UP_RATIO("pod up, host network : bare runc run", Unit.TIMES, 1.5),
  POD_UP_BRIDGE("pod up, CNI bridge", Unit.MS, 50),
  POD_UP_PORT("pod up, CNI bridge + portmap", Unit.MS, 50),
  POD_DOWN_HOST("pod down, host network", Unit.MS, 60),
  POD_DOWN_BRIDGE("pod down, CNI bridge", Unit.MS, 60),
  POD_DOWN_PORT("pod down, CNI bridge + portmap", Unit.MS, 60),
  EXEC("ExecSync of echo", Unit.MS, 12),
  POD_MEMORY_20("PSS per pod outside the container, 20 pods", Unit.MIB, 0.4),
  POD_MEMORY_60("PSS per pod outside the container, 60 pods", Unit.MIB, 0.4),
  DAEMON_IDLE("daemon PSS, just started", Unit.MIB, 90),
  DAEMON_CHURN("daemon PSS, after the pods' churn", Unit.MIB, 90),
  DAEMON_PULLS("daemon PSS, after the pulls as well", Unit.MIB, 90),
  ALL_MEMORY_60("daemon + shims + pause PSS, 60 pods", Unit.MIB),
  ALL_MEMORY_110("daemon + shims + pause PSS, 110 pods", Unit.MIB, 115),
  LIST_CONTAINERS("ListContainers, 60 containers", Unit.MS),
  LIST_PODS("ListPodSandbox, 60 pods", Unit.MS),
  CONTAINER_STATUS("ContainerStatus, 60 containers", Unit.MS),
  LIST_STATS("ListContainerStats, 60 containers", Unit.MS, 10),
  LOG("stdout to CRI log, 80-byte lines", Unit.MB_PER_S, 200),
  PULL_LARGE("pull of 1 GB, 6 gzip layers", Unit.S, 4 / 1.5),
  PULL_LARGE_CPU("processor time of it, daemon and puller", Unit.S),
  PULL_SINGLE("pull of 1 GB, 1 gzip layer", Unit.S),
  PULL_ZSTD("pull of 1 GB, 6 zstd layers", Unit.S),
  PULL_ZSTD_CPU("processor time of it, daemon and puller", Unit.S),
  PULL_TEN("ten pulls at once of 1 GB, 6 gzip layers", Unit.S),
  PULL_PEAK("peak RSS of daemon and puller, all pulls", Unit.MIB),
  PULL_SMALL("pull of 51 small layers", Unit.S, 0.8),
  RESTART_20("kill -9 to serving, 20 pods", Unit.S, 1),
  RESTART_110("kill -9 to serving, 110 pods", Unit.S, 1);

  /** What a figure is counted in. */
  enum Unit {
    MS("ms"),
    S("s"),
    MIB("MiB"),
    MB_PER_S("MB/s"),
    TIMES("x");

    final String text;

    Unit(String text) {
      this.text = text;
    }

    boolean moreIsBetter() {
      return this == MB_PER_S;
    }
  }

  final String label;
  final Unit unit;
  private final double budget;

  Figure(String label, Unit unit) {
    this(label, unit, Double.NaN);
  }

  Figure(String label, Unit unit, double budget) {
    this.label = label;
    this.unit = unit;
    this.budget = budget;
  }

  /** What the design grants, where it says something. */
  Optional<Double> budget() {
    return Double.isNaN(budget) ? Optional.empty() : Optional.of(budget);
  }

  boolean met(double value) {
    return unit.moreIsBetter() ? value >= budget : value <= budget;
  }
}
