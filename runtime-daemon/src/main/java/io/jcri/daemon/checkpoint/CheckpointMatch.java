package io.jcri.daemon.checkpoint;

import io.jcri.daemon.core.JcriException;
import io.jcri.oci.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether what a restore asks for is what the checkpoint holds. A process comes back with all that
 * it had, whatever the request says: so each part of the specification that CRIU brings back must
 * be the same in both. What the runtime applies anew may differ: sources of mounts, resources,
 * annotations, paths of namespaces and of the root.
 */
final class CheckpointMatch {
  private static final List<String> SAME =
      List.of(
          "process.args",
          "process.cwd",
          "process.user",
          "process.terminal",
          "process.capabilities",
          "process.noNewPrivileges",
          "process.apparmorProfile",
          "process.selinuxLabel",
          "process.rlimits",
          "root.readonly",
          "linux.seccomp",
          "linux.uidMappings",
          "linux.gidMappings",
          "linux.devices",
          "linux.maskedPaths",
          "linux.readonlyPaths",
          "linux.mountLabel");

  private CheckpointMatch() {}

  /**
   * Compares two config.json.
   *
   * @param name of the container, for messages
   * @param then of the checkpoint, not trusted
   * @param now of the container that is to continue from it
   * @throws JcriException INVALID that names the field
   */
  static void require(String name, byte[] then, byte[] now) {
    Map<String, @Nullable Object> before = Json.parseTree(then);
    Map<String, @Nullable Object> after = Json.parseTree(now);
    for (String field : SAME) {
      requireEqual(name, field, at(before, field), at(after, field));
    }
    requireEqual(name, "process.env", set(before, "process.env"), set(after, "process.env"));
    requireEqual(name, "linux.namespaces", namespaces(before), namespaces(after));
    requireEqual(name, "mounts", mounts(before), mounts(after));
  }

  /** Whether a config.json filters system calls. */
  static boolean hasSeccomp(byte[] spec) {
    return at(Json.parseTree(spec), "linux.seccomp") != null;
  }

  /** What files made for the container are labelled with, on a node with SELinux. */
  static Optional<String> mountLabel(byte[] spec) {
    return at(Json.parseTree(spec), "linux.mountLabel") instanceof String label
        ? Optional.of(label)
        : Optional.empty();
  }

  private static void requireEqual(
      String name, String field, @Nullable Object then, @Nullable Object now) {
    if (!Objects.equals(then, now)) {
      throw JcriException.invalid(
          "container %s cannot be restored: its %s is %s in the request, %s in the checkpoint"
              .formatted(name, field, shown(now, then), shown(then, now)));
    }
  }

  /** Of two sets, only what the other has not; values of variables are not shown. */
  private static String shown(@Nullable Object value, @Nullable Object other) {
    if (value instanceof Set<?> mine && other instanceof Set<?> theirs) {
      List<String> only = new ArrayList<>();
      for (Object item : mine) {
        if (!theirs.contains(item)) {
          only.add(
              item instanceof String text ? text.replaceFirst("=.*", "=...") : item.toString());
        }
      }
      return "with " + only.stream().sorted().limit(5).toList();
    }
    String text = String.valueOf(value);
    return text.length() <= 200 ? text : text.substring(0, 200) + "...";
  }

  private static @Nullable Object at(Map<String, @Nullable Object> tree, String path) {
    Object here = tree;
    for (String step : path.split("\\.", -1)) {
      if (!(here instanceof Map<?, ?> map)) {
        return null;
      }
      here = map.get(step);
    }
    return here;
  }

  private static Set<Object> set(Map<String, @Nullable Object> tree, String path) {
    return at(tree, path) instanceof List<?> list ? new HashSet<>(list) : Set.of();
  }

  private static Set<Object> namespaces(Map<String, @Nullable Object> tree) {
    Set<Object> types = new HashSet<>();
    for (Object namespace : set(tree, "linux.namespaces")) {
      if (namespace instanceof Map<?, ?> map) {
        types.add(String.valueOf(map.get("type")));
      }
    }
    return types;
  }

  private static Set<Object> mounts(Map<String, @Nullable Object> tree) {
    Set<Object> mounts = new HashSet<>();
    for (Object mount : set(tree, "mounts")) {
      if (mount instanceof Map<?, ?> map) {
        Map<Object, Object> known = new HashMap<>();
        for (String key : List.of("destination", "type", "options")) {
          Object value = map.get(key);
          known.put(key, value == null ? "" : value);
        }
        mounts.add(known);
      }
    }
    return mounts;
  }
}
