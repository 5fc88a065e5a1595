package io.jcri.daemon.cli.debug;

import io.jcri.daemon.core.Layout;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The process of a daemon as /proc tells of it. It is found by its lock on a folder, which the
 * kernel keeps for it however it hangs.
 *
 * @param pid in our own pid namespace
 */
record ProcessFacts(int pid) {
  private static final List<String> STATUS =
      List.of("PPid", "Threads", "VmRSS", "RssAnon", "RssFile", "RssShmem", "VmSwap", "SigPnd");

  /** SIGQUIT's bit in the masks of /proc/PID/status. */
  private static final long QUIT_BIT = 1 << 2;

  /** Who has locked this folder of a daemon's, if somebody has. */
  static Optional<ProcessFacts> holder(Path lock) throws IOException {
    if (!Files.exists(lock)) {
      return Optional.empty();
    }
    long inode = (Long) Files.getAttribute(lock, "unix:ino");
    for (String line : lines(Path.of("/proc/locks"))) {
      // 1: POSIX  ADVISORY  WRITE 1234 00:1a:5678 0 EOF
      String[] fields = line.strip().split(" +", -1);
      if (fields.length > 5 && fields[1].equals("POSIX") && fields[5].endsWith(":" + inode)) {
        ProcessFacts holder = new ProcessFacts(Integer.parseInt(fields[4]));
        // Another file system may have a file of this number: it has the file itself open.
        if (holder.pid > 0 && holder.opens().anyMatch(lock.toRealPath()::equals)) {
          return Optional.of(holder);
        }
      }
    }
    return Optional.empty();
  }

  /** The folder that it has locked besides the one of its state, in which its records are. */
  Optional<Path> root(Layout layout) throws IOException {
    Path own = layout.state().toRealPath().resolve("lock");
    return opens()
        .filter(file -> file.endsWith("lock") && !file.equals(own))
        .filter(file -> Files.isDirectory(file.resolveSibling("containers")))
        .map(file -> file.resolveSibling(""))
        .findFirst();
  }

  private Stream<Path> opens() throws IOException {
    List<Path> files = new ArrayList<>();
    try (Stream<Path> all = Files.list(of("fd"))) {
      for (Path descriptor : all.toList()) {
        try {
          files.add(Files.readSymbolicLink(descriptor));
        } catch (IOException gone) {
          // closed meanwhile
        }
      }
    }
    return files.stream();
  }

  private Path of(String file) {
    return Path.of("/proc", Integer.toString(pid), file);
  }

  /** What there is to know, but for what its Java runtime says. */
  Dump.DaemonProcess read() throws IOException {
    Map<String, String> all = status(of("status"));
    Map<String, String> wanted = new LinkedHashMap<>();
    STATUS.forEach(key -> wanted.put(key, all.getOrDefault(key, "")));
    int descriptors;
    try (Stream<Path> files = Files.list(of("fd"))) {
      descriptors = (int) files.count();
    }
    return new Dump.DaemonProcess(
        pid,
        Files.readString(of("cmdline"), StandardCharsets.ISO_8859_1).replace('\0', ' ').strip(),
        all.getOrDefault("State", ""),
        wanted,
        descriptors,
        cgroup(pid).orElse(""),
        threads(),
        List.of());
  }

  /** Whether SIGQUIT would be heard by its Java runtime now, and end nothing. */
  boolean hearsQuit() throws IOException {
    Map<String, String> all = status(of("status"));
    String state = all.getOrDefault("State", "");
    return !isStopped(state)
        && !state.startsWith("Z")
        && (Long.parseUnsignedLong(all.getOrDefault("SigCgt", "0"), 16) & QUIT_BIT) != 0;
  }

  /** Whether it does nothing until somebody lets it go on: by SIGSTOP, or in a debugger. */
  boolean stopped() throws IOException {
    return isStopped(status(of("status")).getOrDefault("State", ""));
  }

  private static boolean isStopped(String state) {
    return state.startsWith("T") || state.startsWith("t");
  }

  private static Map<String, String> status(Path file) throws IOException {
    Map<String, String> status = new LinkedHashMap<>();
    for (String line : lines(file)) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        status.put(line.substring(0, colon), line.substring(colon + 1).strip());
      }
    }
    return status;
  }

  private List<Dump.Task> threads() throws IOException {
    List<Dump.Task> threads = new ArrayList<>();
    try (Stream<Path> all = Files.list(of("task"))) {
      for (Path task : all.toList()) {
        try {
          threads.add(
              new Dump.Task(
                  Integer.parseInt(String.valueOf(task.getFileName())),
                  Files.readString(task.resolve("comm"), StandardCharsets.ISO_8859_1).strip(),
                  status(task.resolve("status")).getOrDefault("State", ""),
                  orNothing(task.resolve("wchan")),
                  orNothing(task.resolve("stack")).replace("[<0>] ", "").lines().toList()));
        } catch (IOException gone) {
          // it has ended meanwhile
        }
      }
    }
    return threads;
  }

  /** Root may read these, but not in every container and on every kernel. */
  private static String orNothing(Path file) {
    try {
      String text = Files.readString(file, StandardCharsets.ISO_8859_1);
      return text.equals("0") ? "" : text;
    } catch (IOException e) {
      return "";
    }
  }

  /** Of any process: in the unified hierarchy, or else the first that names one. */
  static Optional<String> cgroup(int pid) {
    return orNothing(Path.of("/proc", Integer.toString(pid), "cgroup"))
        .lines()
        .map(line -> line.substring(line.lastIndexOf(':') + 1))
        .filter(path -> path.length() > 1)
        .findFirst();
  }

  private static List<String> lines(Path file) throws IOException {
    return Files.readAllLines(file, StandardCharsets.ISO_8859_1);
  }
}
