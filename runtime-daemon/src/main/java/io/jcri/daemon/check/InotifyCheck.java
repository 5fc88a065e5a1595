package io.jcri.daemon.check;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How much of what root may watch is in use: the kernel counts by user, so the daemons of the node
 * and the pods that run as its root share one allowance, and who comes last gets nothing.
 */
final class InotifyCheck implements Check {
  private static final Pattern OF_ROOT = Pattern.compile("(?m)^Uid:\\s+0\\s");
  private static final String INSTANCE = "anon_inode:inotify";
  private static final String WATCH = "inotify wd:";

  /** Of ten, from which on little is left. */
  private static final int MUCH = 8;

  @Override
  public String about() {
    return "inotify";
  }

  /** What processes have, and which has the most. */
  private static final class Use {
    private long all;
    private long most;
    private String whose = "";

    void add(long count, String process) {
      all += count;
      if (count > most) {
        most = count;
        whose = process;
      }
    }
  }

  @Override
  public List<Finding> look(CheckedNode node) throws IOException {
    Use instances = new Use();
    Use watches = new Use();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(node.at("proc"), "[1-9]*")) {
      for (Path process : processes) {
        count(process, instances, watches);
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return List.of(
        judge(node, "inotify.instances", "fs.inotify.max_user_instances", instances),
        judge(node, "inotify.watches", "fs.inotify.max_user_watches", watches));
  }

  /** Processes come and go meanwhile. */
  private static void count(Path process, Use instances, Use watches) {
    long ofInstances = 0;
    long ofWatches = 0;
    String name;
    try {
      if (!OF_ROOT.matcher(Files.readString(process.resolve("status"))).find()) {
        return;
      }
      name = Files.readString(process.resolve("comm")).strip() + " " + process.getFileName();
      try (DirectoryStream<Path> files = Files.newDirectoryStream(process.resolve("fd"))) {
        for (Path file : files) {
          if (Files.readSymbolicLink(file).toString().equals(INSTANCE)) {
            ofInstances++;
            ofWatches +=
                watches(process.resolve("fdinfo").resolve(String.valueOf(file.getFileName())));
          }
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      return;
    }
    instances.add(ofInstances, name);
    watches.add(ofWatches, name);
  }

  private static long watches(Path information) throws IOException {
    try (var lines = Files.lines(information)) {
      return lines.filter(line -> line.startsWith(WATCH)).count();
    }
  }

  private static Finding judge(CheckedNode node, String name, String sysctl, Use use)
      throws IOException {
    Optional<Long> limit = node.number(sysctl);
    if (limit.isEmpty()) {
      return Finding.skipped(name, sysctl + " is not there");
    }
    String seen =
        "root's processes have %d of %d%s"
            .formatted(
                use.all,
                limit.get(),
                use.most == 0 ? "" : ", the most %s: %d".formatted(use.whose, use.most));
    return use.all * 10 < limit.get() * MUCH
        ? Finding.ok(name, seen)
        : Finding.warn(
            name,
            seen + "; whoever wants the next may get none",
            "Allow more: echo %s=%d >> /etc/sysctl.d/99-kubernetes.conf && sysctl --system"
                .formatted(sysctl, Math.max(use.all, limit.get()) * 2));
  }
}
