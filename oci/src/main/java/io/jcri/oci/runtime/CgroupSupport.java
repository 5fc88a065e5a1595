package io.jcri.oci.runtime;

import io.jcri.oci.OciException;
import io.jcri.oci.OciException.Kind;
import io.jcri.oci.spec.LinuxResources;
import io.jcri.sandbox.cgroup.CgroupLayout;
import io.jcri.sandbox.cgroup.Cgroups;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which limits this node's cgroups can hold, and what becomes of a request that has others. An OCI
 * runtime fails late and darkly when a cgroup file is missing, so this decides before.
 *
 * @param v2 the controllers are those of the unified hierarchy
 * @param controllers usable ones, such as {@code memory}, {@code hugetlb}
 * @param swap swap is accounted: {@code memory.memsw.limit_in_bytes} or {@code memory.swap.max} is
 *     there
 * @param hugepageSizes of this kernel, as in {@code hugetlb.2MB.max}; empty when it does not tell
 */
public record CgroupSupport(
    boolean v2, Set<String> controllers, boolean swap, Set<String> hugepageSizes) {

  public CgroupSupport {
    controllers = Set.copyOf(controllers);
    hugepageSizes = Set.copyOf(hugepageSizes);
  }

  /** A node that does not tell its huge page sizes. */
  public CgroupSupport(boolean v2, Set<String> controllers, boolean swap) {
    this(v2, controllers, swap, Set.of());
  }

  /**
   * What an OCI runtime can use with these control groups.
   *
   * @param root of the tree that has /sys, {@code /} but in tests
   * @throws OciException INTERNAL when /sys cannot be read
   */
  public static CgroupSupport of(Cgroups cgroups, Path root) {
    try {
      return new CgroupSupport(
          cgroups.layout() == CgroupLayout.V2,
          cgroups.controllers(),
          cgroups.countsSwap(),
          hugepageSizes(root));
    } catch (IOException e) {
      throw OciException.ofIo("cannot find out the sizes of huge pages", e);
    }
  }

  /** {@code hugepages-2048kB} is {@code 2MB} in the names of cgroup files. */
  private static Set<String> hugepageSizes(Path root) throws IOException {
    Path directory = root.resolve("sys/kernel/mm/hugepages");
    Set<String> sizes = new TreeSet<>();
    if (Files.isDirectory(directory)) {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, "hugepages-*kB")) {
        for (Path entry : entries) {
          String digits = String.valueOf(entry.getFileName()).replaceAll("[^0-9]", "");
          sizes.add(sizeName(Long.parseLong(digits)));
        }
      }
    }
    return sizes;
  }

  private static String sizeName(long kibibytes) {
    if (kibibytes >= 1 << 20) {
      return (kibibytes >> 20) + "GB";
    }
    return kibibytes >= 1 << 10 ? (kibibytes >> 10) + "MB" : kibibytes + "KB";
  }

  /**
   * The limit of memory and swap together that a request comes to: without one of its own, a limit
   * of memory allows no swap. Empty for no limit, and where swap is not accounted.
   */
  public Optional<Long> swapLimit(LinuxResources asked) {
    return swap
        ? asked.memorySwap().or(() -> asked.memoryLimit().filter(limit -> limit > 0))
        : Optional.empty();
  }

  /**
   * The request as this node can hold it.
   *
   * <ul>
   *   <li>A memory limit without a swap limit allows no swap.
   *   <li>Swap limits are left out where swap is not accounted: the kernel has no file for them.
   *   <li>Huge page limits of 0, which the kubelet sends for every size, are left out where the
   *       controller or the size is missing.
   * </ul>
   *
   * @throws OciException INVALID for a swap limit below the memory limit, FAILED_PRECONDITION for a
   *     limit that is asked for and has no controller, a size of huge pages that the kernel lacks,
   *     or {@code unified} on cgroup v1
   */
  public LinuxResources fit(LinuxResources asked) {
    check(asked);
    LinuxResources.Builder fitted = asked.toBuilder();
    fitted.memorySwap(swapLimit(asked).orElse(0L));
    if (!controllers.contains("hugetlb")) {
      fitted.hugepages(List.of());
    } else if (!hugepageSizes.isEmpty()) {
      fitted.hugepages(
          asked.hugepages().stream()
              .filter(page -> hugepageSizes.contains(page.pageSize()))
              .toList());
    }
    return fitted.build();
  }

  private void check(LinuxResources asked) {
    need("memory", asked.memoryLimit());
    need("cpu", asked.cpuShares().or(asked::cpuQuota));
    need("cpuset", asked.cpus().or(asked::mems));
    need("pids", asked.pidsLimit().filter(limit -> limit > 0));
    need("hugetlb", asked.hugepages().stream().filter(page -> page.limit() > 0).findFirst());
    for (LinuxResources.HugepageLimit page : asked.hugepages()) {
      if (page.limit() > 0
          && !hugepageSizes.isEmpty()
          && !hugepageSizes.contains(page.pageSize())) {
        throw new OciException(
            Kind.FAILED_PRECONDITION,
            "cannot limit huge pages of %s: this kernel has sizes %s"
                .formatted(page.pageSize(), hugepageSizes));
      }
    }
    if (!v2 && !asked.unified().isEmpty()) {
      throw new OciException(
          Kind.FAILED_PRECONDITION,
          "cannot set " + asked.unified().keySet() + ": this node has cgroup v1");
    }
    long limit = asked.memoryLimit().orElse(-1L);
    long swapLimit = asked.memorySwap().orElse(-1L);
    if (limit > 0 && swapLimit > 0 && swapLimit < limit) {
      throw new OciException(
          Kind.INVALID,
          "memory and swap limit " + swapLimit + " is below the memory limit " + limit);
    }
  }

  private void need(String controller, Optional<?> value) {
    if (value.isPresent() && !controllers.contains(controller)) {
      throw new OciException(
          Kind.FAILED_PRECONDITION,
          "cannot limit " + controller + ": this node has no such cgroup controller");
    }
  }
}
