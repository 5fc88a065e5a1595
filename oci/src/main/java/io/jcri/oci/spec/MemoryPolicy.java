package io.jcri.oci.spec;

import java.util.List;

/**
 * Which NUMA nodes a container's memory comes from, see set_mempolicy(2).
 *
 * @param mode such as {@code MPOL_BIND}
 * @param nodes list such as {@code 0-1}
 * @param flags such as {@code MPOL_F_STATIC_NODES}
 */
public record MemoryPolicy(String mode, String nodes, List<String> flags) {
  public MemoryPolicy {
    flags = List.copyOf(flags);
  }
}
