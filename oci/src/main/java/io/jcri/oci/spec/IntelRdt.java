package io.jcri.oci.spec;

import java.util.List;

/**
 * Cache and memory bandwidth of a container, by the kernel's resctrl file system.
 *
 * @param closId class of service, {@code /} for the default one; empty for one of the container's
 *     own
 * @param l3CacheSchema empty leaves it; so for the next
 * @param schemata lines of any kind; with these or monitoring config.json is of version 1.3
 */
public record IntelRdt(
    String closId,
    String l3CacheSchema,
    String memBwSchema,
    List<String> schemata,
    boolean enableMonitoring) {
  public IntelRdt {
    schemata = List.copyOf(schemata);
  }
}
