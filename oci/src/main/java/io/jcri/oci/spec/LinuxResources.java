package io.jcri.oci.spec;

import io.jcri.oci.PlacedJson.Placed;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The limits of a container, in the runtime specification's units; the runtime converts them for
 * cgroup v1 or v2. An empty component leaves the kernel's value.
 *
 * @param devices rules of the device cgroup, first match from the end
 * @param memoryLimit bytes; -1 is no limit
 * @param memoryReservation bytes: what the kernel tries to leave to the container
 * @param memorySwap bytes of memory and swap together; -1 is no limit
 * @param swappiness 0 to 100, cgroup v1 only
 * @param disableOomKiller processes wait for memory instead of being killed, cgroup v1 only
 * @param cpuShares relative weight, 2 to 262144 (cgroup v1 scale)
 * @param cpuQuota microseconds per period; -1 is no limit
 * @param cpuPeriod microseconds
 * @param realtimeRuntime microseconds per period for realtime tasks
 * @param realtimePeriod microseconds
 * @param cpus cpuset list such as {@code 0-3,7}
 * @param mems NUMA node list
 * @param pidsLimit processes and threads; -1 is no limit
 * @param hugepages in the order given
 * @param unified cgroup v2 files and their content
 */
public record LinuxResources(
    List<DeviceRule> devices,
    @Placed("memory.limit") Optional<Long> memoryLimit,
    @Placed("memory.reservation") Optional<Long> memoryReservation,
    @Placed("memory.swap") Optional<Long> memorySwap,
    @Placed("memory.swappiness") Optional<Long> swappiness,
    @Placed("memory.disableOOMKiller") Optional<Boolean> disableOomKiller,
    @Placed("cpu.shares") Optional<Long> cpuShares,
    @Placed("cpu.quota") Optional<Long> cpuQuota,
    @Placed("cpu.period") Optional<Long> cpuPeriod,
    @Placed("cpu.realtimeRuntime") Optional<Long> realtimeRuntime,
    @Placed("cpu.realtimePeriod") Optional<Long> realtimePeriod,
    @Placed("cpu.cpus") Optional<String> cpus,
    @Placed("cpu.mems") Optional<String> mems,
    @Placed("pids.limit") Optional<Long> pidsLimit,
    @Placed("hugepageLimits") List<HugepageLimit> hugepages,
    Map<String, String> unified) {

  /**
   * How much a container may use of one size of huge pages.
   *
   * @param pageSize as the kernel names it: {@code 2MB}, {@code 1GB}
   * @param limit bytes, a u64
   */
  public record HugepageLimit(String pageSize, @Placed(unsigned = true) long limit) {}

  public static final LinuxResources NONE = new Builder().build();

  public LinuxResources {
    hugepages = List.copyOf(hugepages);
    unified = Map.copyOf(unified);
    devices = List.copyOf(devices);
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
   * Collects the components. Setters of numbers and texts take CRI's convention: 0 and the empty
   * text mean "not set". What CRI has no field for, so that 0 is a value, is given as an optional.
   * Not thread-safe.
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
    private Optional<Long> memoryReservation = Optional.empty();
    private Optional<Long> swappiness = Optional.empty();
    private Optional<Boolean> disableOomKiller = Optional.empty();
    private Optional<Long> realtimeRuntime = Optional.empty();
    private Optional<Long> realtimePeriod = Optional.empty();

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

    public Builder memoryReservation(Optional<Long> value) {
      memoryReservation = value;
      return this;
    }

    public Builder swappiness(Optional<Long> value) {
      swappiness = value;
      return this;
    }

    public Builder disableOomKiller(Optional<Boolean> value) {
      disableOomKiller = value;
      return this;
    }

    public Builder realtimeRuntime(Optional<Long> value) {
      realtimeRuntime = value;
      return this;
    }

    public Builder realtimePeriod(Optional<Long> value) {
      realtimePeriod = value;
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
      memoryReservation = over.memoryReservation.or(() -> memoryReservation);
      swappiness = over.swappiness.or(() -> swappiness);
      disableOomKiller = over.disableOomKiller.or(() -> disableOomKiller);
      realtimeRuntime = over.realtimeRuntime.or(() -> realtimeRuntime);
      realtimePeriod = over.realtimePeriod.or(() -> realtimePeriod);
      return this;
    }

    public LinuxResources build() {
      return new LinuxResources(
          devices,
          memoryLimit,
          memoryReservation,
          memorySwap,
          swappiness,
          disableOomKiller,
          cpuShares,
          cpuQuota,
          cpuPeriod,
          realtimeRuntime,
          realtimePeriod,
          cpus,
          mems,
          pidsLimit,
          hugepages,
          unified);
    }

    private static Optional<Long> unlessZero(long value) {
      return value == 0 ? Optional.empty() : Optional.of(value);
    }

    private static Optional<String> unlessEmpty(String value) {
      return value.isEmpty() ? Optional.empty() : Optional.of(value);
    }
  }
}
