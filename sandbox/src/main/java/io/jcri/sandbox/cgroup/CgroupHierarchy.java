package io.jcri.sandbox.cgroup;

import java.nio.file.Path;
import java.util.Set;

/**
 * One mounted tree of control groups.
 *
 * @param mount where
 * @param controllers that it has, by their kernel names; {@code name=systemd} for a named one
 * @param unified whether it is version 2
 */
record CgroupHierarchy(Path mount, Set<String> controllers, boolean unified) {
  /** The directory of a group. */
  Path directory(String path) {
    return mount.resolve(path.substring(1));
  }
}
