package io.jcri.oci.spec;

/** {@link LinuxResources} to {@code linux.resources}, which an update takes as well. */
final class ResourcesJson {

  private ResourcesJson() {}

  static JsonObject of(LinuxResources resources) {
    RareLimits rare = resources.rare().orElse(RareLimits.NONE);
    return new JsonObject()
        .put("devices", resources.devices(), ResourcesJson::rule)
        .put(
            "memory",
            new JsonObject()
                .put("limit", resources.memoryLimit())
                .put("reservation", rare.memoryReservation())
                .put("swap", resources.memorySwap())
                .put("swappiness", rare.swappiness())
                .put("disableOOMKiller", rare.disableOomKiller()))
        .put(
            "cpu",
            new JsonObject()
                .put("shares", resources.cpuShares())
                .put("quota", resources.cpuQuota())
                .put("period", resources.cpuPeriod())
                .put("realtimeRuntime", rare.realtimeRuntime())
                .put("realtimePeriod", rare.realtimePeriod())
                .put("cpus", resources.cpus())
                .put("mems", resources.mems()))
        .put("pids", new JsonObject().put("limit", resources.pidsLimit()))
        .put(
            "hugepageLimits",
            resources.hugepages(),
            page -> new JsonObject().put("pageSize", page.pageSize()).put("limit", page.limit()))
        .put("unified", resources.unified());
  }

  private static JsonObject rule(DeviceRule rule) {
    return new JsonObject()
        .put("allow", rule.allow())
        .put("type", rule.type())
        .put("major", rule.major())
        .put("minor", rule.minor())
        .put("access", rule.access());
  }
}
