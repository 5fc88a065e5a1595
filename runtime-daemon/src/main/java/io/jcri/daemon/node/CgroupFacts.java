package io.jcri.daemon.node;

import io.jcri.oci.OciException;
import io.jcri.oci.runtime.CgroupSupport;
import io.jcri.sandbox.cgroup.CgroupDriver;
import io.jcri.sandbox.cgroup.CgroupLayout;
import io.jcri.sandbox.cgroup.Cgroups;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/**
 * The node's control groups: version 1 or 2, and who makes them. The layout is read from the table
 * of mounts, by {@link Cgroups} alone.
 *
 * @param driver in use, whatever the configuration leaves to be found out
 * @param limits that the controllers can hold
 */
public record CgroupFacts(CgroupLayout layout, CgroupDriver driver, CgroupSupport limits) {
  static CgroupFacts read(Cgroups cgroups, String driver, Path root) throws IOException {
    try {
      return new CgroupFacts(
          cgroups.layout(),
          switch (driver) {
            case "cgroupfs" -> CgroupDriver.CGROUPFS;
            case "systemd" -> CgroupDriver.SYSTEMD;
            default -> cgroups.detectDriver();
          },
          CgroupSupport.of(cgroups, root));
    } catch (OciException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** Whether OCI runtimes find version 2, and only that. */
  public boolean v2() {
    return layout == CgroupLayout.V2;
  }

  /** As configurations and {@code RuntimeConfig} call the driver. */
  public String driverName() {
    return driver.name().toLowerCase(Locale.ROOT);
  }

  Map<String, Object> tree() {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("layout", layout.name().toLowerCase(Locale.ROOT));
    tree.put("driver", driverName());
    tree.put("controllers", List.copyOf(new TreeSet<>(limits.controllers())));
    tree.put("swap", limits.swap());
    tree.put("hugePageSizes", List.copyOf(new TreeSet<>(limits.hugepageSizes())));
    return tree;
  }
}
