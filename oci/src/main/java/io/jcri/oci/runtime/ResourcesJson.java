package io.jcri.oci.runtime;

/** {@link LinuxResources} to {@code linux.resources}, which an update takes as well. */
final class ResourcesJson {

  private ResourcesJson() {}

  static JsonObject of(LinuxResources resources) {
    return new JsonObject()
        .put("devices", resources.devices(), ResourcesJson::rule)
        .put(
            "memory",
            new JsonObject()
                .put("limit", resources.memoryLimit())
                .put("swap", resources.memorySwap()))
        .put(
            "cpu",
            new JsonObject()
                .put("shares", resources.cpuShares())
                .put("quota", resources.cpuQuota())
                .put("period", resources.cpuPeriod())
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
