package io.jcri.sandbox.cgroup;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which hierarchy has a controller. Immutable. */
final class Controllers {
  private static final String CRUN_GROUP = "container";

  private final Map<String, CgroupHierarchy> v1 = new HashMap<>();
  private final Map<String, CgroupHierarchy> v2 = new HashMap<>();
  private final Optional<CgroupHierarchy> unified;

  Controllers(List<CgroupHierarchy> hierarchies) {
    this.unified = hierarchies.stream().filter(CgroupHierarchy::unified).findFirst();
    for (CgroupHierarchy hierarchy : hierarchies) {
      for (String controller : hierarchy.controllers()) {
        (hierarchy.unified() ? v2 : v1).put(controller, hierarchy);
      }
    }
  }

  /** The group's directory where version 1 has the controller. */
  Optional<Path> v1(String controller, String path) {
    return Optional.ofNullable(v1.get(controller)).map(hierarchy -> hierarchy.directory(path));
  }

  /** The group's directory where version 2 has the controller. */
  Optional<Path> v2(String controller, String path) {
    return Optional.ofNullable(v2.get(controller)).map(hierarchy -> hierarchy.directory(path));
  }

  /** Version 1 first: in a hybrid, version 2 lists what no version 1 mount has taken. */
  Optional<Path> directory(String controller, String path) {
    Optional<Path> first = v1(controller, path);
    return first.isPresent() ? first : v2(controller, path);
  }

  /**
   * Where the figures and limits of a group of version 2 may be: crun, with systemd, puts a
   * container into a group of its own below the scope, and some limits are set on that alone.
   */
  List<Path> nested(Path directory) {
    Path inner = directory.resolve(CRUN_GROUP);
    return Files.isDirectory(inner) ? List.of(directory, inner) : List.of(directory);
  }

  /** The group's directory in version 2, with or without controllers. */
  Optional<Path> unified(String path) {
    return unified.map(hierarchy -> hierarchy.directory(path));
  }
}
