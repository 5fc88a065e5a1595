package io.jcri.oci.runtime;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where a container's processes find cache, memory and network devices. Plugins ask for these.
 *
 * @param rdt cache and memory bandwidth allocation ({@code linux.intelRdt})
 * @param memoryPolicy NUMA policy ({@code linux.memoryPolicy})
 * @param netDevices names inside by the host's names of devices that move into the container's
 *     network namespace ({@code linux.netDevices}); an empty name stays
 */
public record Placement(
    Optional<Rdt> rdt, Optional<MemoryPolicy> memoryPolicy, Map<String, String> netDevices) {

  public static final Placement NONE = new Placement(Optional.empty(), Optional.empty(), Map.of());

  public Placement {
    netDevices = Map.copyOf(netDevices);
  }

  /**
   * A class of service.
   *
   * @param closId an existing one, or one to make from the schemata
   */
  public record Rdt(Optional<String> closId, List<String> schemata, boolean enableMonitoring) {
    public Rdt {
      schemata = List.copyOf(schemata);
    }
  }

  /**
   * See set_mempolicy(2).
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

  public Placement withRdt(Optional<Rdt> changed) {
    return new Placement(changed, memoryPolicy, netDevices);
  }
}
