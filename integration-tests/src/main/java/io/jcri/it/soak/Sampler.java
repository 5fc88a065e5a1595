package io.jcri.it.soak;

import com.google.gson.JsonObject;
import io.jcri.it.kit.Command;
import io.jcri.it.kit.Workspace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Looks at what a soak's daemon and its helpers use. Only what is this node's counts, since others
 * may work on the machine: its mounts by their folder, its cgroups by their parent, its processes
 * by the distribution that their program is of, which nobody else may run meanwhile.
 */
final class Sampler {
  private static final Path PROC = Path.of("/proc");
  private static final Path CGROUPS = Path.of("/sys/fs/cgroup");
  private static final double TICKS = 100; // USER_HZ, on every Linux that Java runs on

  private final SoakNode node;
  private final String distribution;

  Sampler(SoakNode node) throws IOException {
    this.node = node;
    this.distribution = Workspace.distribution().toRealPath().toString();
  }

  /** Everything that is counted, now. Sizes in MiB. */
  JsonObject sample(boolean withHeap) throws IOException {
    Path daemon = PROC.resolve(Long.toString(node.daemon().process().pid()));
    JsonObject line = new JsonObject();
    if (withHeap) {
      line.addProperty("heap", heap());
    }
    line.addProperty("rss_daemon", field(daemon.resolve("smaps_rollup"), "Rss:") / 1024);
    line.addProperty("pss_daemon", field(daemon.resolve("smaps_rollup"), "Pss:") / 1024);
    List<Path> all = processes();
    double rss = 0;
    double pss = 0;
    double descriptors = 0;
    for (Path process : all) {
      try {
        rss += field(process.resolve("smaps_rollup"), "Rss:") / 1024;
        pss += field(process.resolve("smaps_rollup"), "Pss:") / 1024;
        descriptors += count(process.resolve("fd"));
      } catch (IOException ended) {
        // it counts no more
      }
    }
    line.addProperty("processes", all.size());
    line.addProperty("rss_all", rss);
    line.addProperty("pss_all", pss);
    line.addProperty("fds_daemon", count(daemon.resolve("fd")));
    line.addProperty("fds_all", descriptors);
    line.addProperty("threads", field(daemon.resolve("status"), "Threads:"));
    List<String> mounts = mounts();
    line.addProperty("mounts", mounts.size());
    line.addProperty("namespaces", mounts.stream().filter(each -> each.contains(" nsfs ")).count());
    line.addProperty("cgroups", cgroups());
    line.addProperty("links", count(Path.of("/sys/class/net", node.bridge(), "brif")));
    line.addProperty("leases", count(node.leases()));
    fileSystem(line);
    line.addProperty("run_files", files(node.daemon().state(), 4));
    line.addProperty("state_files", files(node.daemon().root(), 3));
    line.addProperty("cpu_seconds", processorSeconds(daemon));
    return line;
  }

  /** Percent of one processor that the daemon uses in a while. */
  double processorPercent(Duration time) throws IOException, InterruptedException {
    Path daemon = PROC.resolve(Long.toString(node.daemon().process().pid()));
    double before = processorSeconds(daemon);
    Thread.sleep(time);
    return (processorSeconds(daemon) - before) * 100 / time.toSeconds();
  }

  private List<Path> processes() throws IOException {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path process : processes) {
        try {
          if (Files.readSymbolicLink(process.resolve("exe")).toString().startsWith(distribution)) {
            found.add(process);
          }
        } catch (IOException endedOrOfTheKernel) {
          // none of ours
        }
      }
    }
    return found;
  }

  private List<String> mounts() throws IOException {
    return Files.readAllLines(PROC.resolve("self/mountinfo")).stream()
        .filter(line -> line.contains("/" + node.mark()))
        .toList();
  }

  private long cgroups() throws IOException {
    String name = node.cgroup().substring(1);
    long sum = 0;
    List<Path> tops = new ArrayList<>(List.of(CGROUPS.resolve(name)));
    try (Stream<Path> hierarchies = Files.list(CGROUPS)) {
      hierarchies.filter(Files::isDirectory).map(each -> each.resolve(name)).forEach(tops::add);
    }
    for (Path top : tops) {
      sum += directories(top);
    }
    return sum;
  }

  /** Those below that have ended meanwhile do not count. */
  private static long directories(Path folder) {
    long sum = 0;
    try (DirectoryStream<Path> children = Files.newDirectoryStream(folder, Files::isDirectory)) {
      for (Path child : children) {
        sum += 1 + directories(child);
      }
    } catch (IOException | java.nio.file.DirectoryIteratorException gone) {
      return sum;
    }
    return sum;
  }

  private void fileSystem(JsonObject line) throws IOException {
    String[] told =
        Command.of("stat", "-f", "-c", "%c %d %b %f %S", node.daemon().state().toString())
            .run()
            .orThrow()
            .out()
            .strip()
            .split(" ", -1);
    line.addProperty("run_inodes", Long.parseLong(told[0]) - Long.parseLong(told[1]));
    long blocks = Long.parseLong(told[2]) - Long.parseLong(told[3]);
    line.addProperty("run_kib", blocks * Long.parseLong(told[4]) / 1024);
  }

  private static long files(Path folder, int depth) {
    long sum = 0;
    if (depth > 0) {
      try (DirectoryStream<Path> children = Files.newDirectoryStream(folder)) {
        for (Path child : children) {
          sum += 1;
          if (Files.isDirectory(child, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
            sum += files(child, depth - 1);
          }
        }
      } catch (IOException | java.nio.file.DirectoryIteratorException gone) {
        return sum;
      }
    }
    return sum;
  }

  /** MiB that live objects take, after a collection, which leaves filler where it moves nothing. */
  private double heap() throws IOException {
    String pid = Long.toString(node.daemon().process().pid());
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    long live = 0;
    for (String line :
        Command.of(jcmd, pid, "GC.class_histogram")
            .withPatience(Duration.ofSeconds(30))
            .run()
            .orThrow()
            .out()
            .lines()
            .toList()) {
      String[] fields = line.strip().split("\\s+", -1);
      if (fields[0].endsWith(":") && fields.length >= 4 && !fields[3].contains("Filler")) {
        live += Long.parseLong(fields[2]);
      }
    }
    return live / (double) (1 << 20);
  }

  private static double processorSeconds(Path process) throws IOException {
    String stat = text(process.resolve("stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS;
  }

  private static double field(Path file, String name) throws IOException {
    for (String line : text(file).split("\n", -1)) {
      if (line.startsWith(name)) {
        return Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    throw new IOException("%s: no %s".formatted(file, name));
  }

  private static long count(Path folder) throws IOException {
    if (Files.notExists(folder)) {
      return 0;
    }
    try (Stream<Path> list = Files.list(folder)) {
      return list.count();
    }
  }

  private static String text(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
  }
}
