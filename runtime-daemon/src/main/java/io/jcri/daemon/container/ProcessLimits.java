package io.jcri.daemon.container;

import io.jcri.daemon.config.DaemonConfig;
import io.jcri.daemon.config.Derived;
import io.jcri.oci.spec.Capability;
import io.jcri.oci.spec.Rlimit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The resource limits of containers' processes: those of the configuration, as far as the kernel
 * lets them be set. What is too much is cut, since a container without its limit is better than
 * none: {@code fs.nr_open} bounds files for everybody, and without CAP_SYS_RESOURCE the daemon's
 * own hard limits bound all.
 *
 * <p>Thread-safe. The kernel is asked when the configuration has become another one.
 */
final class ProcessLimits {
  private static final Logger log = LoggerFactory.getLogger(ProcessLimits.class);

  /** What nobody has asked for need not be missed. */
  private static final List<Rlimit> DEFAULT = DaemonConfig.defaults().containers().ulimits();

  private static final String FILES = "RLIMIT_NOFILE";

  /** How /proc/self/limits names them: the name, the soft limit, the hard one. */
  private static final Pattern LINE =
      Pattern.compile("(Max [a-z ]+?) {2,}(?:unlimited|[0-9]+) +(unlimited|[0-9]+)\\b.*");

  private static final Map<String, String> NAMES =
      Map.ofEntries(
          Map.entry("Max address space", "RLIMIT_AS"),
          Map.entry("Max core file size", "RLIMIT_CORE"),
          Map.entry("Max cpu time", "RLIMIT_CPU"),
          Map.entry("Max data size", "RLIMIT_DATA"),
          Map.entry("Max file size", "RLIMIT_FSIZE"),
          Map.entry("Max file locks", "RLIMIT_LOCKS"),
          Map.entry("Max locked memory", "RLIMIT_MEMLOCK"),
          Map.entry("Max msgqueue size", "RLIMIT_MSGQUEUE"),
          Map.entry("Max nice priority", "RLIMIT_NICE"),
          Map.entry("Max open files", FILES),
          Map.entry("Max processes", "RLIMIT_NPROC"),
          Map.entry("Max resident set", "RLIMIT_RSS"),
          Map.entry("Max realtime priority", "RLIMIT_RTPRIO"),
          Map.entry("Max realtime timeout", "RLIMIT_RTTIME"),
          Map.entry("Max pending signals", "RLIMIT_SIGPENDING"),
          Map.entry("Max stack size", "RLIMIT_STACK"));

  /**
   * @param here in the node's user namespace
   * @param below in one of a pod's, where some runtimes set limits without the node's rights
   */
  private record Fitted(List<Rlimit> here, List<Rlimit> below) {}

  private final Derived<List<Rlimit>, Fitted> fitted;

  /**
   * For all containers.
   *
   * @param wanted by the configuration of the day
   */
  ProcessLimits(Supplier<List<Rlimit>> wanted) {
    this.fitted = new Derived<>(wanted, ProcessLimits::fit);
  }

  /** Of the processes of one container. */
  List<Rlimit> of(boolean userNamespace) {
    Fitted both = fitted.get();
    return userNamespace ? both.below : both.here;
  }

  private static Fitted fit(List<Rlimit> wanted) {
    try {
      Map<String, Long> own = hardLimits(Files.readAllLines(Path.of("/proc/self/limits")));
      // By lines: a sysctl answers the first read only, and Files.readString asks for one byte.
      long files =
          Long.parseLong(Files.readAllLines(Path.of("/proc/sys/fs/nr_open")).getFirst().strip());
      Set<Capability> may = Capability.ofDaemon();
      List<Rlimit> below = cut(wanted, own, files);
      List<Rlimit> here =
          may.contains(Capability.CAP_SYS_RESOURCE) ? cut(wanted, Map.of(), files) : below;
      if (!wanted.equals(DEFAULT)) {
        tell(wanted, here);
      }
      return new Fitted(here, below);
    } catch (IOException e) {
      log.warn("containers.ulimits are taken as they are: {}", e.getMessage());
      return new Fitted(wanted, wanted);
    }
  }

  private static void tell(List<Rlimit> wanted, List<Rlimit> here) {
    for (int i = 0; i < wanted.size(); i++) {
      if (!here.get(i).equals(wanted.get(i))) {
        log.warn(
            "containers.ulimits: {} is more than the kernel lets us give; containers have {}",
            text(wanted.get(i)),
            text(here.get(i)));
      }
    }
  }

  /** The hard limits of a process by their types, as its file in /proc tells. */
  static Map<String, Long> hardLimits(List<String> lines) {
    Map<String, Long> limits = new HashMap<>();
    for (String line : lines) {
      Matcher parts = LINE.matcher(line);
      if (parts.matches() && NAMES.containsKey(parts.group(1))) {
        String hard = parts.group(2);
        limits.put(NAMES.get(parts.group(1)), hard.equals("unlimited") ? -1 : Long.parseLong(hard));
      }
    }
    return limits;
  }

  /**
   * The same, but none above what may be.
   *
   * @param most hard limits by type
   * @param files the most that a process may have open
   */
  static List<Rlimit> cut(List<Rlimit> wanted, Map<String, Long> most, long files) {
    UnaryOperator<Rlimit> cut =
        limit -> {
          long bound = most.getOrDefault(limit.type(), -1L);
          bound = limit.type().equals(FILES) ? least(bound, files) : bound;
          return new Rlimit(limit.type(), least(limit.hard(), bound), least(limit.soft(), bound));
        };
    return wanted.stream().map(cut).toList();
  }

  /** As unsigned numbers: -1 is no limit. */
  private static long least(long one, long other) {
    return Long.compareUnsigned(one, other) < 0 ? one : other;
  }

  private static String text(Rlimit limit) {
    return "%s %d:%d".formatted(limit.type(), limit.soft(), limit.hard());
  }
}
