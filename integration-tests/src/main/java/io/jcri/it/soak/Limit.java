package io.jcri.it.soak;

import java.util.List;

/**
 * How much something may grow. All limits are here.
 *
 * @param name of what is counted
 * @param unit of it
 * @param perHundred what it may grow by in 100 cycles
 */
record Limit(String name, String unit, double perHundred) {
  /**
   * What is counted may not grow at all: one in 5,000 pods would show in a long run, and short ones
   * round it to nothing. One KiB of live objects a pod is what is forgiven for names that are kept
   * a while. Resident memory goes up by 16 MiB a minute and down again at each collection of the
   * whole heap, and is looked at once a minute: this much the floor may differ in half an hour (the
   * size of live objects tells more finely). The note of events is written anew when it has grown
   * by a MiB.
   */
  static final List<Limit> ALL =
      List.of(
          new Limit("heap", "MiB", 0.1),
          new Limit("rss_daemon", "MiB", 1),
          new Limit("pss_daemon", "MiB", 1),
          new Limit("rss_all", "MiB", 2),
          new Limit("pss_all", "MiB", 2),
          new Limit("processes", "", 0.02),
          new Limit("fds_daemon", "", 0.02),
          new Limit("fds_all", "", 0.02),
          new Limit("threads", "", 0.1),
          new Limit("mounts", "", 0.02),
          new Limit("namespaces", "", 0.02),
          new Limit("cgroups", "", 0.02),
          new Limit("links", "", 0.02),
          new Limit("leases", "", 0.02),
          new Limit("run_inodes", "", 0.02),
          new Limit("run_kib", "KiB", 20),
          new Limit("run_files", "", 0.02),
          new Limit("state_files", "", 0.02));
}
