package io.jcri.daemon.container;

import io.jcri.oci.spec.LinuxResources;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * New limits for a container ({@code UpdateContainerResourcesRequest}), validated. What is empty
 * stays as it is.
 *
 * @param annotations for the OCI runtime; they are kept in config.json
 */
public record ResourceChange(
    LinuxResources resources, Optional<Integer> oomScoreAdj, Map<String, String> annotations) {

  public ResourceChange {
    annotations = Map.copyOf(annotations);
  }

  /** What the container is to have. A swap limit that allows no swap follows the memory limit. */
  LinuxResources appliedTo(LinuxResources now) {
    boolean noSwap = now.memorySwap().isPresent() && now.memorySwap().equals(now.memoryLimit());
    LinuxResources.Builder base = now.toBuilder();
    if (noSwap && resources.memoryLimit().isPresent() && resources.memorySwap().isEmpty()) {
      base.memorySwap(0);
    }
    return base.build().updatedBy(resources);
  }

  /**
   * What the OCI runtime is to be told: the change and, of what belongs together, the other half.
   *
   * @param fitted all that the container is to have, as this node can hold it
   */
  LinuxResources told(LinuxResources fitted) {
    LinuxResources.Builder told = resources.toBuilder().hugepages(changedPages(fitted));
    if (resources.memoryLimit().isPresent() || resources.memorySwap().isPresent()) {
      told.memoryLimit(fitted.memoryLimit().orElse(0L));
      told.memorySwap(fitted.memorySwap().orElse(0L));
    }
    if (resources.cpuQuota().isPresent() || resources.cpuPeriod().isPresent()) {
      told.cpuQuota(fitted.cpuQuota().orElse(0L));
      told.cpuPeriod(fitted.cpuPeriod().orElse(0L));
    }
    return told.build();
  }

  private List<LinuxResources.HugepageLimit> changedPages(LinuxResources fitted) {
    return fitted.hugepages().stream()
        .filter(page ->
            resources.hugepages().stream().anyMatch(p -> p.pageSize().equals(page.pageSize())))
        .toList();
  }
}
