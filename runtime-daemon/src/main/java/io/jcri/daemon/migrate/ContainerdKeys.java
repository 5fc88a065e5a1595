package io.jcri.daemon.migrate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Where a key of containerd's belongs, whatever the version of the file: version 1 names plugins in
 * brief, 2 has all of the CRI in one plugin, 3 in three, and 4 has the servers among the plugins. A
 * path begins with {@code images}, {@code runtime}, {@code server}, {@code nri} or {@code verifier}
 * for these plugins, with {@code plugins} and the name for others.
 */
final class ContainerdKeys {
  static final int NEWEST = 4;

  /** Version 1's names that do not follow from its rule. */
  private static final Map<String, String> BRIEF =
      Map.ofEntries(
          Map.entry("cri", "io.containerd.grpc.v1.cri"),
          Map.entry("cgroups", "io.containerd.monitor.v1.cgroups"),
          Map.entry("linux", "io.containerd.runtime.v1.linux"),
          Map.entry("task", "io.containerd.runtime.v2.task"),
          Map.entry("scheduler", "io.containerd.gc.v1.scheduler"),
          Map.entry("bolt", "io.containerd.metadata.v1.bolt"),
          Map.entry("opt", "io.containerd.internal.v1.opt"),
          Map.entry("restart", "io.containerd.internal.v1.restart"));

  private static final Set<String> SNAPSHOTTERS =
      Set.of("aufs", "btrfs", "devmapper", "native", "overlayfs", "zfs");

  private static final Set<String> OF_IMAGES =
      Set.of(
          "registry",
          "image_decryption",
          "max_concurrent_downloads",
          "image_pull_progress_timeout",
          "image_pull_with_sync_fs");

  private static final Set<String> OF_SERVER =
      Set.of("disable_tcp_service", "enable_tls_streaming", "x509_key_pair_streaming");

  private static final Set<String> IMAGES_OF_CONTAINERD =
      Set.of("snapshotter", "disable_snapshot_annotations", "discard_unpacked_layers");

  private ContainerdKeys() {}

  /** The path of a key as a file of this version has it. */
  static List<String> path(int version, List<String> written) {
    if (!written.getFirst().equals("plugins") || written.size() < 3) {
      return written;
    }
    String plugin = written.get(1);
    String id = version < 2 ? full(plugin) : plugin;
    List<String> keys = written.subList(2, written.size());
    return switch (id) {
      case "io.containerd.grpc.v1.cri" -> cri(keys);
      case "io.containerd.cri.v1.images" -> below("images", keys);
      case "io.containerd.cri.v1.runtime" -> below("runtime", keys);
      case "io.containerd.nri.v1.nri" -> below("nri", keys);
      case "io.containerd.image-verifier.v1.bindir" -> below("verifier", keys);
      case "io.containerd.server.v1.grpc" -> below("grpc", keys);
      case "io.containerd.server.v1.grpc-tcp" -> List.of("grpc", "tcp_" + String.join("_", keys));
      case "io.containerd.server.v1.ttrpc" -> below("ttrpc", keys);
      case "io.containerd.server.v1.debug" -> below("debug", keys);
      case "io.containerd.server.v1.metrics" -> below("metrics", keys);
      default -> below("plugins", below(id, keys));
    };
  }

  /** The name of a plugin in all versions but the first. */
  static String full(String brief) {
    if (brief.contains(".")) {
      return brief;
    }
    if (SNAPSHOTTERS.contains(brief)) {
      return "io.containerd.snapshotter.v1." + brief;
    }
    String kind = brief.endsWith("-service") ? "service" : "grpc";
    return BRIEF.getOrDefault(brief, "io.containerd.%s.v1.%s".formatted(kind, brief));
  }

  /** A key of what was one plugin. */
  private static List<String> cri(List<String> keys) {
    String first = keys.getFirst();
    if (first.equals("sandbox_image")) {
      return List.of("images", "pinned_images", "sandbox");
    }
    if (OF_IMAGES.contains(first)) {
      return below("images", keys);
    }
    if (first.startsWith("stream_") || OF_SERVER.contains(first)) {
      return below("server", keys);
    }
    if (!first.equals("containerd") || keys.size() < 2) {
      return below("runtime", keys);
    }
    String second = keys.get(1);
    if (IMAGES_OF_CONTAINERD.contains(second)) {
      return below("images", keys.subList(1, keys.size()));
    }
    return switch (second) {
      case "default_runtime" -> runtime("default", keys);
      case "untrusted_workload_runtime" -> runtime("untrusted", keys);
      default -> below("runtime", keys);
    };
  }

  /** The tables of old for single runtimes; containerd gives them these names. */
  private static List<String> runtime(String name, List<String> keys) {
    List<String> path = new ArrayList<>(List.of("runtime", "containerd", "runtimes", name));
    path.addAll(keys.subList(2, keys.size()));
    return path;
  }

  private static List<String> below(String first, List<String> keys) {
    List<String> path = new ArrayList<>(List.of(first));
    path.addAll(keys);
    return path;
  }
}
