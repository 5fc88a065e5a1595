package io.jcri.cni;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Runs {@code nft}, which takes a script as one transaction. Thread-safe. */
final class Nft {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final ChildProcess processes;
  private final List<Path> searchPath;

  /**
   * Looks for nothing yet: it may be installed later.
   *
   * @param searchPath directories in which {@code nft} is looked for
   */
  Nft(ChildProcess processes, List<Path> searchPath) {
    this.processes = processes;
    this.searchPath = List.copyOf(searchPath);
  }

  boolean installed() {
    return find().isPresent();
  }

  private Optional<Path> find() {
    return PluginRunner.find(searchPath, "nft");
  }

  /**
   * Applies all of a script or nothing.
   *
   * @param refusal how the answer begins when nft refuses it: an operator looks for the whole
   * @return why it could not be applied, or empty
   */
  String apply(String script, String refusal) {
    Optional<Path> nft = find();
    if (nft.isEmpty()) {
      return "nft is not installed (package nftables)";
    }
    try {
      ChildProcess.Outcome outcome =
          processes.run(List.of(nft.get().toString(), "-f", "-"), Map.of(), script, TIMEOUT);
      return outcome.exitCode() == 0
          ? ""
          : "%s: %s"
              .formatted(
                  refusal,
                  outcome.stderr().lines().findFirst().orElse("exit code " + outcome.exitCode()));
    } catch (IOException e) {
      return "nft: " + e.getMessage();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "nft was interrupted";
    }
  }

  /**
   * The beginning of a script that replaces a table: deleting what may not be there is an error, so
   * it is made first.
   */
  static String without(boolean ipv6, String table) {
    String family = ipv6 ? "ip6" : "ip";
    return "table %1$s %2$s {}\ndelete table %1$s %2$s\n".formatted(family, table);
  }

  /** {@code PATH}, and where administrators' tools are when it lacks those directories. */
  static List<Path> systemPath() {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return Stream.concat(
            Arrays.stream(path.split(":", -1)), Stream.of("/usr/sbin", "/sbin", "/usr/local/sbin"))
        .filter(dir -> !dir.isEmpty())
        .map(Path::of)
        .toList();
  }

  /** Whether this kernel has IPv6; one without it refuses its tables. */
  static boolean ipv6() {
    return Files.exists(Path.of("/proc/net/if_inet6"));
  }
}
