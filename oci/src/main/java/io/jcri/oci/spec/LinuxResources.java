package io.jcri.oci.spec;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The limits of a container, in the runtime specification's units; the runtime converts them for
 * cgroup v1 or v2. An empty component leaves the kernel's value.
 *
 * @param cpuShares relative weight, 2 to 262144 (cgroup v1 scale)
 * @param cpuQuota microseconds per period; -1 is no limit
 * @param cpuPeriod microseconds
 * @param cpus cpuset list such as {@code 0-3,7}
 * @param mems NUMA node list
 * @param memoryLimit bytes; -1 is no limit
 * @param memorySwap bytes of memory and swap together; -1 is no limit
 * @param pidsLimit processes and threads; -1 is no limit
 * @param hugepages in the order given
 * @param unified cgroup v2 files and their content
 * @param devices rules of the device cgroup, first match from the end
 * @param rare what no kubelet asks for, but a plugin may; empty is {@link RareLimits#NONE}
 */
public record LinuxResources(
    Optional<Long> cpuShares,
    Optional<Long> cpuQuota,
    Optional<Long> cpuPeriod,
    Optional<String> cpus,
    Optional<String> mems,
    Optional<Long> memoryLimit,
    Optional<Long> memorySwap,
    Optional<Long> pidsLimit,
    List<HugepageLimit> hugepages,
    Map<String, String> unified,
    List<DeviceRule> devices,
    Optional<RareLimits> rare) {

  /**
   * How much a container may use of one size of huge pages.
   *
   * @param pageSize as the kernel names it: {@code 2MB}, {@code 1GB}
   * @param limit bytes
   */
  public record HugepageLimit(String pageSize, long limit) {}

  public static final LinuxResources NONE = new Builder().build();

  public LinuxResources {
    hugepages = List.copyOf(hugepages);
    unified = Map.copyOf(unified);
    devices = List.copyOf(devices);
    rare = rare.filter(limits -> !limits.equals(RareLimits.NONE));
  }

  public static Builder builder() {
    return new Builder();
  }

  public Builder toBuilder() {
    return new Builder().overlay(this);
  }

  /**
   * What the container has after an update: what {@code change} sets wins, the rest stays. Huge
   * pages merge by page size, {@code unified} by key; device rules never change.
   */
  public LinuxResources updatedBy(LinuxResources change) {
    return toBuilder().overlay(change).devices(devices).build();
  }

  /**
   * Collects the components. The numeric setters take CRI's convention: 0 and the empty string mean
   * "not set". Not thread-safe.
   */
  public static final class Builder {
    private Optional<Long> cpuShares = Optional.empty();
    private Optional<Long> cpuQuota = Optional.empty();
    private Optional<Long> cpuPeriod = Optional.empty();
    private Optional<String> cpus = Optional.empty();
    private Optional<String> mems = Optional.empty();
    private Optional<Long> memoryLimit = Optional.empty();
    private Optional<Long> memorySwap = Optional.empty();
    private Optional<Long> pidsLimit = Optional.empty();
    private List<HugepageLimit> hugepages = List.of();
    private Map<String, String> unified = Map.of();
    private List<DeviceRule> devices = List.of();
    private Optional<RareLimits> rare = Optional.empty();

    private Builder() {}

    public Builder cpuShares(long value) {
      cpuShares = unlessZero(value);
      return this;
    }

    public Builder cpuQuota(long value) {
      cpuQuota = unlessZero(value);
      return this;
    }

    public Builder cpuPeriod(long value) {
      cpuPeriod = unlessZero(value);
      return this;
    }

    public Builder cpus(String value) {
      cpus = unlessEmpty(value);
      return this;
    }

    public Builder mems(String value) {
      mems = unlessEmpty(value);
      return this;
    }

    public Builder memoryLimit(long value) {
      memoryLimit = unlessZero(value);
      return this;
    }

    public Builder memorySwap(long value) {
      memorySwap = unlessZero(value);
      return this;
    }

    public Builder pidsLimit(long value) {
      pidsLimit = unlessZero(value);
      return this;
    }

    /** A limit of 0 is a real one here: the kubelet sends it for pages that a pod may not use. */
    public Builder hugepages(List<HugepageLimit> value) {
      hugepages = value;
      return this;
    }

    public Builder unified(Map<String, String> value) {
      unified = value;
      return this;
    }

    public Builder devices(List<DeviceRule> value) {
      devices = value;
      return this;
    }

    public Builder rare(RareLimits value) {
      rare = Optional.of(value);
      return this;
    }

    private Builder overlay(LinuxResources over) {
      cpuShares = over.cpuShares.or(() -> cpuShares);
      cpuQuota = over.cpuQuota.or(() -> cpuQuota);
      cpuPeriod = over.cpuPeriod.or(() -> cpuPeriod);
      cpus = over.cpus.or(() -> cpus);
      mems = over.mems.or(() -> mems);
      memoryLimit = over.memoryLimit.or(() -> memoryLimit);
      memorySwap = over.memorySwap.or(() -> memorySwap);
      pidsLimit = over.pidsLimit.or(() -> pidsLimit);
      Map<String, HugepageLimit> pages = new LinkedHashMap<>();
      hugepages.forEach(page -> pages.put(page.pageSize(), page));
      over.hugepages.forEach(page -> pages.put(page.pageSize(), page));
      hugepages = new ArrayList<>(pages.values());
      Map<String, String> files = new LinkedHashMap<>(unified);
      files.putAll(over.unified);
      unified = files;
      devices = over.devices;
      RareLimits before = rare.orElse(RareLimits.NONE);
      rare = over.rare.map(before::updatedBy).or(() -> rare);
      return this;
    }

    public LinuxResources build() {
      return new LinuxResources(
          cpuShares,
          cpuQuota,
          cpuPeriod,
          cpus,
          mems,
          memoryLimit,
          memorySwap,
          pidsLimit,
          hugepages,
          unified,
          devices,
          rare);
    }

    private static Optional<Long> unlessZero(long value) {
      return value == 0 ? Optional.empty() : Optional.of(value);
    }

    private static Optional<String> unlessEmpty(String value) {
      return value.isEmpty() ? Optional.empty() : Optional.of(value);
    }
  }
}
