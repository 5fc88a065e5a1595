package io.jcri.daemon.admin;

import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Where this process's memory is. */
final class MemoryFacts {
  private static final Path OF_PROCESS = Path.of("/proc/self/smaps_rollup");

  /** Of what smaps_rollup has, see proc(5). */
  private static final Set<String> WANTED =
      Set.of("Rss", "Pss", "Pss_Anon", "Pss_File", "Pss_Shmem", "Private_Dirty", "Swap");

  private MemoryFacts() {}

  static DebugMessages.Memory read() throws IOException {
    Map<String, Long> java = new LinkedHashMap<>();
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      java.put(pool.getName(), pool.getUsage().getUsed());
      java.put(pool.getName() + ", committed", pool.getUsage().getCommitted());
    }
    for (BufferPoolMXBean pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
      java.put("buffers, " + pool.getName(), pool.getMemoryUsed());
    }
    return new DebugMessages.Memory(java, ofProcess());
  }

  private static Map<String, Long> ofProcess() throws IOException {
    Map<String, Long> process = new LinkedHashMap<>();
    for (String line : Files.readAllLines(OF_PROCESS, StandardCharsets.ISO_8859_1)) {
      int colon = line.indexOf(':');
      if (colon > 0 && WANTED.contains(line.substring(0, colon)) && line.endsWith(" kB")) {
        long kib = Long.parseLong(line.substring(colon + 1, line.length() - 3).strip());
        process.put(line.substring(0, colon), kib << 10);
      }
    }
    return process;
  }
}
