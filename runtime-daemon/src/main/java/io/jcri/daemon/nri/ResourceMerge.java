package io.jcri.daemon.nri;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.jcri.nri.v1alpha1.NriApi.Field;
import io.jcri.nri.v1alpha1.NriApi.HugepageLimit;
import io.jcri.nri.v1alpha1.NriApi.LinuxCPU;
import io.jcri.nri.v1alpha1.NriApi.LinuxMemory;
import io.jcri.nri.v1alpha1.NriApi.LinuxResources;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Lays limits that a plugin sets over those there are, and claims each for the plugin. */
final class ResourceMerge {
  private static final Map<Integer, Field> MEMORY =
      Map.of(
          LinuxMemory.LIMIT_FIELD_NUMBER, Field.MemLimit,
          LinuxMemory.RESERVATION_FIELD_NUMBER, Field.MemReservation,
          LinuxMemory.SWAP_FIELD_NUMBER, Field.MemSwapLimit,
          LinuxMemory.KERNEL_FIELD_NUMBER, Field.MemKernelLimit,
          LinuxMemory.KERNEL_TCP_FIELD_NUMBER, Field.MemTCPLimit,
          LinuxMemory.SWAPPINESS_FIELD_NUMBER, Field.MemSwappiness,
          LinuxMemory.DISABLE_OOM_KILLER_FIELD_NUMBER, Field.MemDisableOomKiller,
          LinuxMemory.USE_HIERARCHY_FIELD_NUMBER, Field.MemUseHierarchy);
  private static final Map<Integer, Field> CPU =
      Map.of(
          LinuxCPU.SHARES_FIELD_NUMBER, Field.CPUShares,
          LinuxCPU.QUOTA_FIELD_NUMBER, Field.CPUQuota,
          LinuxCPU.PERIOD_FIELD_NUMBER, Field.CPUPeriod,
          LinuxCPU.REALTIME_RUNTIME_FIELD_NUMBER, Field.CPURealtimeRuntime,
          LinuxCPU.REALTIME_PERIOD_FIELD_NUMBER, Field.CPURealtimePeriod,
          LinuxCPU.CPUS_FIELD_NUMBER, Field.CPUSetCPUs,
          LinuxCPU.MEMS_FIELD_NUMBER, Field.CPUSetMems);

  private final Claims claims;

  /** Merges for the plugin and the container of these claims. */
  ResourceMerge(Claims claims) {
    this.claims = claims;
  }

  /** Claims all that is set. */
  void claim(LinuxResources asked) {
    claim(asked.getMemory(), MEMORY);
    claim(asked.getCpu(), CPU);
    asked
        .getHugepageLimitsList()
        .forEach(page -> claims.claim(Field.HugepageLimits, page.getPageSize()));
    asked.getUnifiedMap().keySet().forEach(file -> claims.claim(Field.CgroupsUnified, file));
    claimIf(asked.hasBlockioClass(), Field.BlockioClass);
    claimIf(asked.hasRdtClass(), Field.RdtClass);
    claimIf(asked.hasPids(), Field.PidsLimit);
  }

  private void claim(Message asked, Map<Integer, Field> fields) {
    for (FieldDescriptor field : asked.getAllFields().keySet()) {
      @Nullable Field known = fields.get(field.getNumber());
      if (known != null) {
        claims.claim(known);
      }
    }
  }

  private void claimIf(boolean set, Field field) {
    if (set) {
      claims.claim(field);
    }
  }

  /** Lays one over the other; device rules, which have no key, add up. */
  static void overlay(LinuxResources.Builder base, LinuxResources over) {
    set(base.getMemoryBuilder(), over.getMemory());
    set(base.getCpuBuilder(), over.getCpu());
    over.getHugepageLimitsList().forEach(page -> setPages(base, page));
    base.putAllUnified(over.getUnifiedMap());
    base.addAllDevices(over.getDevicesList());
    if (over.hasBlockioClass()) {
      base.setBlockioClass(over.getBlockioClass());
    }
    if (over.hasRdtClass()) {
      base.setRdtClass(over.getRdtClass());
    }
    if (over.hasPids()) {
      base.setPids(over.getPids());
    }
  }

  /**
   * Every field that is set takes the place of the old one. Protobuf's own merge would not do: it
   * looks into an optional value that is present, and finds that 0 is not set.
   */
  static void set(Message.Builder base, Message over) {
    over.getAllFields().forEach(base::setField);
  }

  private static void setPages(LinuxResources.Builder base, HugepageLimit page) {
    for (int i = 0; i < base.getHugepageLimitsCount(); i++) {
      if (base.getHugepageLimits(i).getPageSize().equals(page.getPageSize())) {
        base.setHugepageLimits(i, page);
        return;
      }
    }
    base.addHugepageLimits(page);
  }
}
