package io.jcri.oci.manifest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Finds the platform of this machine. The levels of amd64 are those of the x86-64 psABI. */
final class HostPlatform {

  private static final List<Set<String>> AMD64_LEVELS =
      List.of(
          Set.of("cx16", "lahf_lm", "popcnt", "sse4_1", "sse4_2", "ssse3"),
          Set.of("avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe", "xsave"),
          Set.of("avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"));

  private HostPlatform() {}

  private static final class Holder {
    static final Platform HOST = of(System.getProperty("os.arch", ""), cpuinfo());
  }

  static Platform get() {
    return Holder.HOST;
  }

  static Platform of(String javaArchitecture, String cpuinfo) {
    return switch (javaArchitecture.toLowerCase(Locale.ROOT)) {
      case "amd64", "x86_64" -> new Platform("linux", "amd64", "v" + amd64Level(cpuinfo));
      case "aarch64" -> new Platform("linux", "arm64", "v8");
      case "arm" -> new Platform("linux", "arm", "v7");
      default -> new Platform("linux", javaArchitecture);
    };
  }

  private static int amd64Level(String cpuinfo) {
    Set<String> flags = new HashSet<>();
    cpuinfo
        .lines()
        .filter(line -> line.startsWith("flags"))
        .findFirst()
        .ifPresent(line -> flags.addAll(Arrays.asList(line.split("\\s+"))));
    int level = 1;
    for (Set<String> needed : AMD64_LEVELS) {
      if (!flags.containsAll(needed)) {
        break;
      }
      level++;
    }
    return level;
  }

  private static String cpuinfo() {
    try {
      return Files.readString(Path.of("/proc/cpuinfo"), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }
}
