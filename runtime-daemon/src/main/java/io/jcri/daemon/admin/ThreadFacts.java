package io.jcri.daemon.admin;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import io.jcri.daemon.admin.DebugMessages.Doing;
import io.jcri.daemon.core.Layout;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * All threads, the virtual ones that Java's thread lists leave out among them: by the dump of the
 * Java runtime, which writes files only.
 */
final class ThreadFacts {
  /** Such as {@code #33 "name" virtual WAITING 2026-11-30T14:00:00Z}. */
  private static final Pattern HEAD = Pattern.compile("#\\d+ \"(.*)\"( virtual)?(?: ([A-Z_]+))?.*");

  /** Virtual threads that do different things: many are few things. */
  private static final int MOST_KINDS = 200;

  private static final int MOST_FRAMES = 64;

  private final List<Doing> platform = new ArrayList<>();
  private final Map<List<String>, Doing> virtual = new LinkedHashMap<>();

  private ThreadFacts() {}

  static DebugMessages.Threads read(Layout layout) throws IOException {
    Path folder = Files.createDirectories(layout.temporary());
    Path file = folder.resolve("threads-" + UUID.randomUUID());
    try {
      ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
          .dumpThreads(file.toAbsolutePath().toString(), ThreadDumpFormat.TEXT_PLAIN);
      try (BufferedReader in = Files.newBufferedReader(file)) {
        return read(in);
      }
    } finally {
      Files.deleteIfExists(file);
    }
  }

  /** Reads a dump line by line: that of ten thousand threads does not fit the heap. */
  static DebugMessages.Threads read(BufferedReader in) throws IOException {
    ThreadFacts facts = new ThreadFacts();
    @Nullable Matcher head = null;
    List<String> stack = new ArrayList<>();
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      Matcher next = HEAD.matcher(line);
      if (next.matches()) {
        facts.add(head, stack);
        head = next;
        stack = new ArrayList<>();
      } else if (!line.isBlank() && stack.size() < MOST_FRAMES) {
        stack.add(line.strip());
      }
    }
    facts.add(head, stack);
    return new DebugMessages.Threads(
        facts.platform,
        facts.virtual.values().stream()
            .sorted(Comparator.comparingInt(Doing::count).reversed())
            .toList());
  }

  private void add(@Nullable Matcher head, List<String> stack) {
    if (head == null) {
      return; // what stands before the first thread
    }
    String name = head.group(1);
    String state = head.group(3) == null ? "" : head.group(3);
    if (head.group(2) == null) {
      platform.add(new Doing(1, name, state, stack));
      return;
    }
    Doing like = virtual.get(stack);
    if (like != null) {
      virtual.put(stack, new Doing(like.count() + 1, like.name(), state, stack));
    } else if (virtual.size() < MOST_KINDS) {
      virtual.put(stack, new Doing(1, name, state, stack));
    }
  }
}
