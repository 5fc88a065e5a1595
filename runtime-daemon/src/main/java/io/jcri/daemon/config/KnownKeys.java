package io.jcri.daemon.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Every key there is, and whether a daemon that runs takes up a change of it. A key of a handler's
 * table has {@code *} in place of the handler's name.
 */
final class KnownKeys {
  static final String ANY = "*";

  /** Read whenever they are needed, or handed on by {@code Daemon} when they change. */
  static final Set<String> LIVE =
      Set.of(
          "log_level",
          "default_handler",
          "refuse_known_escapes",
          "handlers.*.binary",
          "handlers.*.shim",
          "handlers.*.shim_config",
          "handlers.*.options",
          "handlers.*.sandbox",
          "handlers.*.pod_annotations",
          "handlers.*.container_annotations",
          "handlers.*.allowed_annotations",
          "handlers.*.default_annotations",
          "handlers.*.min_memory_mib",
          "handlers.*.create_timeout_seconds",
          "handlers.*.snapshot",
          "containers.ulimits",
          "containers.env",
          "containers.sysctls",
          "containers.pids_limit",
          "containers.capabilities",
          "containers.shm_size_mib",
          "containers.additional_devices",
          "containers.allowed_devices",
          "containers.absent_mount_sources_to_reject",
          "containers.seccomp_profile",
          "containers.privileged_seccomp_profile",
          "containers.apparmor_profile",
          "containers.privileged_apparmor_profile",
          "containers.timezone",
          "containers.hooks_dirs",
          "containers.log_size_max_mib",
          "images.registry_directories",
          "images.registries_conf",
          "images.registry_auth",
          "images.parallel_layers",
          "images.no_progress_timeout_seconds",
          "images.least_bytes_per_second",
          "images.strict_platform",
          "images.signature_policy",
          "images.signature_registries_d",
          "images.verifier_dir",
          "images.verifier_timeout_seconds",
          "images.pinned",
          "images.volumes",
          "images.pull_idle_seconds",
          "images.pull_cgroup",
          "images.pull_memory_mib",
          "images.pull_millicpus",
          "network.plugins",
          "network.timeout_seconds",
          "network.pod_cidr",
          "network.host_ports",
          "network.status_grace_seconds",
          "cdi.enabled",
          "cdi.directories",
          "streaming.idle_timeout_seconds",
          "nri.registration_timeout_seconds",
          "nri.request_timeout_seconds",
          "nri.required",
          "nri.tolerate_missing",
          "nri.reject",
          "metrics.address",
          "metrics.tls_certificate",
          "metrics.tls_key");

  /** What the daemon stands on: folders, sockets and ports, and how cgroups are made. */
  static final Set<String> RESTART =
      Set.of(
          "root",
          "state",
          "socket",
          "log_format",
          "cgroup_driver",
          "images.directory",
          "network.configurations",
          "network.cache",
          "network.bridge",
          "streaming.address",
          "streaming.port",
          "streaming.tls_certificate",
          "streaming.tls_key",
          "nri.enabled",
          "nri.socket",
          "nri.plugins",
          "nri.configurations",
          "tracing.endpoint",
          "tracing.samples_per_million");

  private KnownKeys() {}

  /** Whether a change of it waits for the next daemon. */
  static boolean needsRestart(String key) {
    return !LIVE.contains(general(key));
  }

  /** The key without the name of a handler. */
  static String general(String key) {
    return key.startsWith("handlers.") ? "handlers.*." + name(key) : key;
  }

  /** A key without its tables. */
  static String name(String key) {
    return key.substring(key.lastIndexOf('.') + 1);
  }

  /**
   * What somebody may have meant who wrote an unknown key.
   *
   * @param table where it was written: empty, or ending in a dot
   * @param key without the table
   * @param siblings what the table may have
   */
  static Optional<String> nearest(String table, String key, Collection<String> siblings) {
    Stream<Guess> here =
        siblings.stream().sorted().map(name -> new Guess(table + name, distance(key, name), 0));
    Stream<Guess> elsewhere =
        Stream.of(LIVE, RESTART)
            .flatMap(Set::stream)
            .sorted()
            .map(known -> new Guess(known.replace(ANY, "NAME"), distance(key, name(known)), 1));
    int most = Math.min(3, (key.length() + 1) / 3);
    return Stream.concat(here, elsewhere)
        .filter(guess -> guess.letters == 0 || guess.distance() <= most)
        .min(Comparator.comparingInt(Guess::distance))
        .map(Guess::key);
  }

  /**
   * What may have been meant.
   *
   * @param letters by which it is another word
   * @param tables 1 for another table than that where it was written
   */
  private record Guess(String key, int letters, int tables) {
    int distance() {
      return letters + tables;
    }
  }

  /** How many letters are to be put in, left out, replaced, or exchanged with the next. */
  static int distance(String from, String to) {
    int[][] d = new int[from.length() + 1][to.length() + 1];
    for (int i = 0; i <= from.length(); i++) {
      for (int j = 0; j <= to.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int change = from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1;
        d[i][j] = Math.min(d[i - 1][j - 1] + change, Math.min(d[i - 1][j], d[i][j - 1]) + 1);
        if (i > 1
            && j > 1
            && from.charAt(i - 1) == to.charAt(j - 2)
            && from.charAt(i - 2) == to.charAt(j - 1)) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[from.length()][to.length()];
  }
}
