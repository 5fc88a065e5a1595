package io.jcri.oci.spec;

import io.jcri.oci.PlacedJson.Placed;
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
    @Placed(value = "closID", sparse = true) String closId,
    @Placed(sparse = true) String l3CacheSchema,
    @Placed(sparse = true) String memBwSchema,
    List<String> schemata,
    @Placed(sparse = true) boolean enableMonitoring) {

  /** Nothing at all, which is the same as no such component. */
  public static final IntelRdt NONE = new IntelRdt("", "", "", List.of(), false);

  public IntelRdt {
    schemata = List.copyOf(schemata);
  }
}
