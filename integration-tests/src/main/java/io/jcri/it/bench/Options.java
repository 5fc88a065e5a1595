package io.jcri.it.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the benchmark was asked for.
 *
 * @param full more rounds, and the long sections as well
 * @param only the sections to measure; empty for all that this takes
 * @param handler what runs the containers; empty for the default of each runtime
 * @param containerd containerd's program, to be started beside jcri
 * @param containerdSocket the CRI socket of a containerd that runs already
 * @param diskDelay how long the slow disk takes for each thing
 */
record Options(
    boolean full,
    Set<Section> only,
    Optional<String> handler,
    Optional<Path> containerd,
    Optional<Path> containerdSocket,
    Duration diskDelay) {
  /** The parts of the benchmark, in the order of their measurement. */
  enum Section {
    PODS,
    EXEC,
    IDLE,
    LOG,
    PULL,
    LOAD,
    LOAD_SLOW_DISK;

    /** Whether it takes so long that it has to be asked for. */
    private boolean isLong() {
      return this == LOAD || this == LOAD_SLOW_DISK;
    }
  }

  static final String USAGE =
      """
      usage: bench [--full] [--only pods,exec,idle,log,pull,load,load-slow-disk] [--handler NAME]

      --full  more rounds, 110 idle pods and both loads as well
      --only  leaves out the other sections
              load: 110 pods at once of an image of 50 layers, up and then down
              load-slow-disk: the same with all that the runtimes keep on a disk that answers each
              read, write and flush SLOW_DISK_MS later, with no layer in the page cache
      --handler  what runs the containers, by the names of scripts/conformance; pods on the bridge alone

      CONTAINERD         a containerd 2 to measure in the same run, its shim beside it
      CONTAINERD_SOCKET  the same for one that runs already (it is not killed, and the memory of its
                         pods is told by their ids); the images come from a registry of 127.0.0.1
      SLOW_DISK_MS       10 if not set; what that comes to is measured and told
      JCRI_DIST          the distribution to measure instead of the one built here
      """;

  /**
   * @throws IllegalArgumentException saying what is wrong with them
   */
  static Options parse(Map<String, String> environment, List<String> arguments) {
    boolean full = false;
    Set<Section> only = new TreeSet<>();
    Optional<String> handler = Optional.empty();
    for (int i = 0; i < arguments.size(); i++) {
      switch (arguments.get(i)) {
        case "--full" -> full = true;
        case "--only" -> {
          for (String name : value(arguments, ++i).split(",", -1)) {
            only.add(section(name));
          }
        }
        case "--handler" -> handler = Optional.of(value(arguments, ++i));
        default -> throw new IllegalArgumentException("no such option: " + arguments.get(i));
      }
    }
    Options options =
        new Options(
            full,
            only,
            handler,
            path(environment, "CONTAINERD"),
            path(environment, "CONTAINERD_SOCKET"),
            Duration.ofMillis(Long.parseLong(environment.getOrDefault("SLOW_DISK_MS", "10"))));
    if (options.containerd.isPresent() && options.containerdSocket.isPresent()) {
      throw new IllegalArgumentException("CONTAINERD and CONTAINERD_SOCKET exclude each other");
    }
    return options;
  }

  private static String value(List<String> arguments, int index) {
    if (index == arguments.size()) {
      throw new IllegalArgumentException("no value for " + arguments.get(index - 1));
    }
    return arguments.get(index);
  }

  boolean wants(Section section) {
    return only.isEmpty() ? full || !section.isLong() : only.contains(section);
  }

  /** Whether anything is asked for but the load on a slow disk, which has runtimes of its own. */
  boolean wantsUsualDisk() {
    return only.isEmpty() || !only.equals(Set.of(Section.LOAD_SLOW_DISK));
  }

  /** How often something is repeated, by the mode. */
  int rounds(int brief, int thorough) {
    return full ? thorough : brief;
  }

  private static Section section(String name) {
    for (Section section : Section.values()) {
      if (section.name().equalsIgnoreCase(name.replace('-', '_'))) {
        return section;
      }
    }
    throw new IllegalArgumentException("no such section: " + name);
  }

  private static Optional<Path> path(Map<String, String> environment, String name) {
    return Optional.ofNullable(environment.get(name))
        .filter(value -> !value.isEmpty())
        .map(value -> Path.of(value).toAbsolutePath());
  }
}
