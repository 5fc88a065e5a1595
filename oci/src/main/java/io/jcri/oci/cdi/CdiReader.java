package io.jcri.oci.cdi;

import io.jcri.oci.Json;
import io.jcri.oci.OciException;
import io.jcri.oci.PlainYaml;
import io.jcri.oci.cdi.CdiSpec.Edits;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Reads and checks specification files, JSON or YAML. */
final class CdiReader {
  private static final int MAX_BYTES = CdiLimits.FILE;
  private static final long MAX_ID = 0xffff_ffffL;
  private static final Set<String> TYPES = Set.of("", "b", "c", "u", "p");
  static final Set<String> HOOKS =
      Set.of(
          "prestart",
          "createRuntime",
          "createContainer",
          "startContainer",
          "poststart",
          "poststop");

  private CdiReader() {}

  /**
   * Reads a file.
   *
   * @throws OciException INVALID when it is not what its specification says; the message does not
   *     name the file
   */
  static CdiSpec read(Path file) throws IOException {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MAX_BYTES + 1);
    }
    if (bytes.length > MAX_BYTES) {
      throw new OciException(OciException.Kind.INVALID, "is larger than " + MAX_BYTES + " bytes");
    }
    Object document =
        file.toString().endsWith(".json")
            ? Json.parseTree(bytes)
            : PlainYaml.parse(new String(bytes, StandardCharsets.UTF_8));
    CdiSpec spec = Fields.read(document, CdiReader::spec);
    CdiVersions.check(spec);
    return spec;
  }

  private static CdiSpec spec(Fields fields) {
    String version = fields.required("cdiVersion");
    String kind = fields.required("kind");
    if (!CdiName.isKind(kind)) {
      throw fields.invalid("kind", "is \"" + kind + "\", which is not vendor/class");
    }
    List<CdiSpec.Device> devices = fields.objects("devices", CdiReader::device);
    if (devices.isEmpty()) {
      throw fields.invalid("devices", "must not be empty");
    }
    Set<String> names = new HashSet<>();
    for (CdiSpec.Device device : devices) {
      if (!names.add(device.name())) {
        throw fields.invalid("devices", "has " + device.name() + " twice");
      }
    }
    return new CdiSpec(version, kind, fields.textMap("annotations"), devices, edits(fields));
  }

  private static CdiSpec.Device device(Fields fields) {
    String name = fields.required("name");
    if (!CdiName.isDevice(name)) {
      throw fields.invalid("name", "is \"" + name + "\", which can't be a device's name");
    }
    Edits edits = edits(fields);
    if (edits.isEmpty()) {
      throw fields.invalid("containerEdits", "of device " + name + " are empty");
    }
    return new CdiSpec.Device(name, fields.textMap("annotations"), edits);
  }

  private static Edits edits(Fields parent) {
    return parent.object("containerEdits", CdiReader::readEdits).orElse(Edits.NONE);
  }

  private static Edits readEdits(Fields fields) {
    return new Edits(
        variables(fields),
        fields.objects("deviceNodes", CdiReader::node),
        netDevices(fields),
        fields.objects("hooks", CdiReader::hook),
        fields.objects("mounts", CdiReader::mount),
        fields.object("intelRdt", CdiReader::rdt),
        gids(fields));
  }

  private static List<String> variables(Fields fields) {
    List<String> variables = fields.texts("env");
    for (String variable : variables) {
      if (variable.indexOf('=') <= 0) {
        throw fields.invalid("env", "has \"" + variable + "\", which is not NAME=value");
      }
    }
    return variables;
  }

  private static List<Long> gids(Fields fields) {
    try {
      List<Long> gids = fields.texts("additionalGids").stream().map(Long::valueOf).toList();
      if (gids.stream().allMatch(gid -> gid >= 0 && gid <= MAX_ID)) {
        return gids;
      }
    } catch (NumberFormatException e) {
      throw fields.invalid("additionalGids", "must be a list of numbers");
    }
    throw fields.invalid("additionalGids", "must be from 0 to " + MAX_ID);
  }

  private static CdiSpec.Node node(Fields fields) {
    String type = fields.text("type");
    if (!TYPES.contains(type)) {
      throw fields.invalid("type", "is \"" + type + "\" but must be b, c, u or p");
    }
    String permissions = fields.text("permissions");
    if (!permissions.equals("none") && !permissions.matches("[rwm]*")) {
      throw fields.invalid("permissions", "are \"" + permissions + "\" but may be of r, w, m");
    }
    return new CdiSpec.Node(
        absolute(fields, "path"),
        fields.text("hostPath"),
        type,
        fields.number("major", 0, Integer.MAX_VALUE).orElse(0L),
        fields.number("minor", 0, Integer.MAX_VALUE).orElse(0L),
        fields.number("fileMode", 0, 07777).map(Long::intValue),
        permissions,
        fields.number("uid", 0, MAX_ID),
        fields.number("gid", 0, MAX_ID));
  }

  private static List<CdiSpec.NetDevice> netDevices(Fields fields) {
    List<CdiSpec.NetDevice> devices =
        fields.objects(
            "netDevices",
            f -> new CdiSpec.NetDevice(f.required("hostInterfaceName"), f.required("name")));
    long hosts = devices.stream().map(CdiSpec.NetDevice::hostInterfaceName).distinct().count();
    long names = devices.stream().map(CdiSpec.NetDevice::name).distinct().count();
    if (hosts != devices.size() || names != devices.size()) {
      throw fields.invalid("netDevices", "have an interface or a name twice");
    }
    return devices;
  }

  private static CdiSpec.Hook hook(Fields fields) {
    String name = fields.required("hookName");
    if (!HOOKS.contains(name)) {
      throw fields.invalid("hookName", "is \"" + name + "\", which no runtime knows");
    }
    return new CdiSpec.Hook(
        name,
        absolute(fields, "path"),
        fields.texts("args"),
        variables(fields),
        fields.number("timeout", 1, Integer.MAX_VALUE).map(Long::intValue));
  }

  private static CdiSpec.Mount mount(Fields fields) {
    return new CdiSpec.Mount(
        fields.required("hostPath"),
        absolute(fields, "containerPath"),
        fields.texts("options"),
        fields.text("type"));
  }

  private static CdiSpec.Rdt rdt(Fields fields) {
    String closId = fields.text("closID");
    boolean fileName =
        closId.length() < 4096
            && !closId.equals(".")
            && !closId.equals("..")
            && closId.chars().noneMatch(c -> c == '/' || c == '\n');
    if (!closId.equals("/") && !fileName) {
      throw fields.invalid("closID", "can't be the name of a class of service");
    }
    return new CdiSpec.Rdt(
        closId,
        fields.text("l3CacheSchema"),
        fields.text("memBwSchema"),
        fields.texts("schemata"),
        fields.flag("enableMonitoring"));
  }

  private static String absolute(Fields fields, String key) {
    String path = fields.required(key);
    if (!path.startsWith("/")) {
      throw fields.invalid(key, "is \"" + path + "\" but must be absolute");
    }
    return path;
  }
}
