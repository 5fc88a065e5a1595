package io.jcri.sandbox.cgroup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Reads the figures that only metrics have, in either version's files. */
final class MetricsReader {
  private static final String V1_BYTES = "blkio.throttle.io_service_bytes";
  private static final String V1_REQUESTS = "blkio.throttle.io_serviced";
  private static final String RECURSIVE = "_recursive";

  private final CgroupFiles files;
  private final Controllers controllers;

  MetricsReader(CgroupFiles files, Controllers controllers) {
    this.files = files;
    this.controllers = controllers;
  }

  MemoryDetails memory(String path) throws IOException {
    Optional<Path> v1 = controllers.v1("memory", path);
    if (v1.isPresent()) {
      return memoryV1(v1.get());
    }
    Optional<Path> v2 = controllers.v2("memory", path);
    return v2.isPresent()
        ? memoryV2(v2.get())
        : new MemoryDetails(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  }

  private MemoryDetails memoryV1(Path dir) throws IOException {
    Map<String, Long> stat = files.table(dir.resolve("memory.stat"));
    return new MemoryDetails(
        number(dir, "memory.max_usage_in_bytes"),
        number(dir, "memory.kmem.usage_in_bytes"),
        get(stat, "total_active_file"),
        get(stat, "total_inactive_file"),
        get(stat, "total_dirty"),
        get(stat, "total_writeback"),
        0,
        0,
        get(stat, "total_workingset_refault_file"),
        get(stat, "total_workingset_refault_anon"),
        0,
        number(dir, "memory.failcnt"),
        get(stat, "pgfault"),
        get(stat, "pgmajfault"),
        get(stat, "total_pgfault"),
        get(stat, "total_pgmajfault"));
  }

  /** The files count all groups below; a container's has none unless it makes some itself. */
  private MemoryDetails memoryV2(Path dir) throws IOException {
    Map<String, Long> stat = files.table(dir.resolve("memory.stat"));
    Map<String, Long> events = files.table(dir.resolve("memory.events"));
    long kernel =
        stat.getOrDefault(
            "kernel", get(stat, "kernel_stack") + get(stat, "slab") + get(stat, "pagetables"));
    return new MemoryDetails(
        number(dir, "memory.peak"),
        kernel,
        get(stat, "active_file"),
        get(stat, "inactive_file"),
        get(stat, "file_dirty"),
        get(stat, "file_writeback"),
        get(stat, "pgscan"),
        get(stat, "pgsteal"),
        get(stat, "workingset_refault_file"),
        get(stat, "workingset_refault_anon"),
        get(events, "high"),
        get(events, "max"),
        get(stat, "pgfault"),
        get(stat, "pgmajfault"),
        get(stat, "pgfault"),
        get(stat, "pgmajfault"));
  }

  /** By their size; none when the group is gone or the host counts none. */
  List<HugePages> hugePages(String path) throws IOException {
    Optional<Path> directory = controllers.directory("hugetlb", path);
    if (directory.isEmpty()) {
      return List.of();
    }
    boolean v1 = controllers.v1("hugetlb", path).isPresent();
    List<HugePages> pages = new ArrayList<>();
    for (String size : sizes(directory.get(), v1 ? ".usage_in_bytes" : ".current")) {
      String prefix = "hugetlb." + size;
      long usage = number(directory.get(), prefix + (v1 ? ".usage_in_bytes" : ".current"));
      pages.add(
          v1
              ? new HugePages(
                  size,
                  usage,
                  number(directory.get(), prefix + ".max_usage_in_bytes"),
                  number(directory.get(), prefix + ".failcnt"))
              : new HugePages(
                  size,
                  usage,
                  usage,
                  get(files.table(directory.get().resolve(prefix + ".events")), "max")));
    }
    return pages;
  }

  /** {@code hugetlb.2MB.current} and {@code hugetlb.2MB.rsvd.current} are of one size. */
  private static Set<String> sizes(Path directory, String suffix) throws IOException {
    Set<String> sizes = new TreeSet<>();
    if (Files.isDirectory(directory)) {
      try (Stream<Path> list = Files.list(directory)) {
        list.map(file -> String.valueOf(file.getFileName()))
            .filter(name -> name.startsWith("hugetlb.") && name.endsWith(suffix))
            .map(name -> name.substring("hugetlb.".length(), name.length() - suffix.length()))
            .filter(size -> size.indexOf('.') < 0)
            .forEach(sizes::add);
      }
    }
    return sizes;
  }

  /** By device and operation, those below counted too; none when the group is gone. */
  List<DeviceIo> io(String path) throws IOException {
    Optional<Path> v1 = controllers.v1("blkio", path);
    if (v1.isPresent()) {
      return ioV1(v1.get());
    }
    Optional<Path> v2 = controllers.v2("io", path);
    return v2.isPresent() ? ioV2(files.read(v2.get().resolve("io.stat")).orElse("")) : List.of();
  }

  private List<DeviceIo> ioV1(Path dir) throws IOException {
    Map<String, Long> bytes = blkio(dir, V1_BYTES);
    Map<String, Long> requests = blkio(dir, V1_REQUESTS);
    List<DeviceIo> devices = new ArrayList<>();
    bytes.forEach((key, value) -> {
      int blank = key.indexOf(' ');
      devices.add(
          device(
              key.substring(0, blank),
              key.substring(blank + 1),
              value,
              requests.getOrDefault(key, 0L)));
    });
    return devices;
  }

  /** Lines such as {@code 8:0 Read 4096}, and a total without a device. */
  private Map<String, Long> blkio(Path dir, String file) throws IOException {
    Optional<String> text = files.read(dir.resolve(file + RECURSIVE));
    if (text.isEmpty()) {
      text = files.read(dir.resolve(file));
    }
    Map<String, Long> numbers = new LinkedHashMap<>();
    for (String line : text.orElse("").split("\n", -1)) {
      String[] fields = line.strip().split(" ", -1);
      if (fields.length == 3 && fields[0].indexOf(':') > 0) {
        CgroupFiles.parseNumber(fields[2])
            .ifPresent(number -> numbers.put(fields[0] + " " + fields[1], number));
      }
    }
    return numbers;
  }

  /** Lines such as {@code 8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=0 dios=0}. */
  private static List<DeviceIo> ioV2(String text) {
    List<DeviceIo> devices = new ArrayList<>();
    for (String line : text.split("\n", -1)) {
      String[] fields = line.strip().split(" ", -1);
      Map<String, Long> numbers = new LinkedHashMap<>();
      for (String field : fields) {
        int equals = field.indexOf('=');
        if (equals > 0) {
          CgroupFiles.parseNumber(field.substring(equals + 1))
              .ifPresent(number -> numbers.put(field.substring(0, equals), number));
        }
      }
      if (!numbers.isEmpty() && fields[0].indexOf(':') > 0) {
        devices.add(device(fields[0], "Read", get(numbers, "rbytes"), get(numbers, "rios")));
        devices.add(device(fields[0], "Write", get(numbers, "wbytes"), get(numbers, "wios")));
        devices.add(device(fields[0], "Discard", get(numbers, "dbytes"), get(numbers, "dios")));
      }
    }
    return devices;
  }

  private static DeviceIo device(String numbers, String operation, long bytes, long requests) {
    int colon = numbers.indexOf(':');
    return new DeviceIo(
        Integer.parseInt(numbers.substring(0, colon)),
        Integer.parseInt(numbers.substring(colon + 1)),
        operation,
        bytes,
        requests);
  }

  private long number(Path dir, String file) throws IOException {
    return files.number(dir.resolve(file)).orElse(0);
  }

  private static long get(Map<String, Long> table, String key) {
    return table.getOrDefault(key, 0L);
  }
}
