package io.jcri.oci.spec;

import io.jcri.oci.Json;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Writes what the OCI runtime reads: a bundle's config.json, the process file of an exec and the
 * resources of an update. Pure; equal input gives equal bytes.
 */
public final class SpecWriter {

  private SpecWriter() {}

  /** The content of config.json, with the lowest version of the specification that it needs. */
  public static byte[] toJson(ContainerSpec spec) {
    return Json.toBytes(
        new JsonObject()
            .put("ociVersion", SpecVersion.neededBy(spec).text())
            .put("process", ProcessJson.of(spec.process()))
            .put(
                "root",
                new JsonObject()
                    .put("path", spec.root().path())
                    .putIfTrue("readonly", spec.root().readonly()))
            .put("hostname", spec.hostname())
            .put("mounts", spec.mounts(), SpecWriter::mount)
            .put("hooks", hooks(spec.hooks()))
            .put("annotations", spec.annotations())
            .put("linux", linux(spec))
            .fields());
  }

  /** The file that {@code exec --process} takes. */
  public static byte[] processJson(ContainerProcess process) {
    return Json.toBytes(ProcessJson.of(process).fields());
  }

  /** The document that {@code update --resources} takes; device rules are left out. */
  public static byte[] resourcesJson(LinuxResources resources) {
    LinuxResources limits = resources.toBuilder().devices(List.of()).build();
    return Json.toBytes(ResourcesJson.of(limits).fields());
  }

  static Object unsigned(long value) {
    return value >= 0 ? (Object) value : new BigInteger(Long.toUnsignedString(value));
  }

  private static JsonObject linux(ContainerSpec spec) {
    JsonObject linux =
        new JsonObject()
            .put("uidMappings", spec.uidMappings(), SpecWriter::mapping)
            .put("gidMappings", spec.gidMappings(), SpecWriter::mapping)
            .put("sysctl", spec.sysctls())
            .put("resources", ResourcesJson.of(spec.resources()))
            .put("cgroupsPath", spec.cgroupsPath())
            .put("namespaces", spec.namespaces(), SpecWriter::namespace)
            .put("devices", spec.devices(), SpecWriter::device);
    spec.seccomp().ifPresent(profile -> linux.put("seccomp", SeccompJson.of(profile)));
    return linux
        .put("rootfsPropagation", spec.rootfsPropagation())
        .put("maskedPaths", spec.maskedPaths())
        .put("readonlyPaths", spec.readonlyPaths())
        .put("mountLabel", spec.mountLabel())
        .put("intelRdt", spec.intelRdt().map(SpecWriter::rdt).orElseGet(JsonObject::new))
        .put(
            "memoryPolicy",
            spec.memoryPolicy().map(SpecWriter::memoryPolicy).orElseGet(JsonObject::new))
        .put("netDevices", netDevices(spec.netDevices()));
  }

  private static JsonObject rdt(IntelRdt rdt) {
    return new JsonObject()
        .put("closID", text(rdt.closId()))
        .put("l3CacheSchema", text(rdt.l3CacheSchema()))
        .put("memBwSchema", text(rdt.memBwSchema()))
        .put("schemata", rdt.schemata())
        .putIfTrue("enableMonitoring", rdt.enableMonitoring());
  }

  private static JsonObject memoryPolicy(MemoryPolicy policy) {
    return new JsonObject()
        .put("mode", policy.mode())
        .put("nodes", policy.nodes())
        .put("flags", policy.flags());
  }

  private static Optional<String> text(String value) {
    return Optional.of(value).filter(text -> !text.isEmpty());
  }

  private static JsonObject netDevices(Map<String, String> devices) {
    JsonObject all = new JsonObject();
    new TreeMap<>(devices)
        .forEach((host, name) ->
            all.put(host, (Object) (name.isEmpty() ? Map.of() : Map.of("name", name))));
    return all;
  }

  private static JsonObject mount(ContainerMount mount) {
    return new JsonObject()
        .put("destination", mount.destination())
        .put("type", mount.type())
        .put("source", mount.source())
        .put("options", mount.options())
        .put("uidMappings", mount.uidMappings(), SpecWriter::mapping)
        .put("gidMappings", mount.gidMappings(), SpecWriter::mapping);
  }

  private static JsonObject mapping(IdMapping mapping) {
    return new JsonObject()
        .put("containerID", mapping.containerId())
        .put("hostID", mapping.hostId())
        .put("size", mapping.size());
  }

  private static JsonObject namespace(Namespace namespace) {
    return new JsonObject().put("type", namespace.kind().specName()).put("path", namespace.path());
  }

  private static JsonObject device(DeviceNode device) {
    return new JsonObject()
        .put("path", device.path())
        .put("type", device.type())
        .put("major", device.major())
        .put("minor", device.minor())
        .put("fileMode", device.fileMode())
        .put("uid", device.uid())
        .put("gid", device.gid());
  }

  private static JsonObject hooks(Hooks hooks) {
    return new JsonObject()
        .put("prestart", hooks.prestart(), SpecWriter::hook)
        .put("createRuntime", hooks.createRuntime(), SpecWriter::hook)
        .put("createContainer", hooks.createContainer(), SpecWriter::hook)
        .put("startContainer", hooks.startContainer(), SpecWriter::hook)
        .put("poststart", hooks.poststart(), SpecWriter::hook)
        .put("poststop", hooks.poststop(), SpecWriter::hook);
  }

  private static JsonObject hook(Hooks.Hook hook) {
    return new JsonObject()
        .put("path", hook.path())
        .put("args", hook.args())
        .put("env", hook.env())
        .put("timeout", hook.timeoutSeconds());
  }
}
