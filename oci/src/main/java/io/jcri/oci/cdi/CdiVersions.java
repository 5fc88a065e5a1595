package io.jcri.oci.cdi;

import io.jcri.oci.OciException;
import io.jcri.oci.cdi.CdiSpec.Edits;
import java.util.List;
import java.util.stream.Stream;

/**
 * The released versions, and from which on a file may say what it says. A file that uses more than
 * its version has was not written by who knows that version, and is refused.
 */
final class CdiVersions {
  private static final List<String> RELEASED =
      List.of("0.3.0", "0.4.0", "0.5.0", "0.6.0", "0.7.0", "0.8.0", "1.0.0", "1.1.0");

  private CdiVersions() {}

  static void check(CdiSpec spec) {
    String version = spec.version().startsWith("v") ? spec.version().substring(1) : spec.version();
    int index = RELEASED.indexOf(version);
    if (index < 0) {
      throw new OciException(
          OciException.Kind.INVALID,
          "cdiVersion is \"%s\" but must be one of %s".formatted(spec.version(), RELEASED));
    }
    String needed = needed(spec);
    if (index < RELEASED.indexOf(needed)) {
      throw new OciException(
          OciException.Kind.INVALID,
          "cdiVersion is %s but what it says needs %s".formatted(spec.version(), needed));
    }
  }

  /** The newest thing that it has decides; 0.3.0 is the first version that was released. */
  private static String needed(CdiSpec spec) {
    List<Edits> all =
        Stream.concat(spec.devices().stream().map(CdiSpec.Device::edits), Stream.of(spec.edits()))
            .toList();
    if (all.stream().anyMatch(CdiVersions::hasNetworkOrSchemata)) {
      return "1.1.0";
    }
    if (all.stream().anyMatch(e -> e.intelRdt().isPresent() || !e.additionalGids().isEmpty())) {
      return "0.7.0";
    }
    boolean annotated =
        !spec.annotations().isEmpty()
            || spec.devices().stream().anyMatch(device -> !device.annotations().isEmpty());
    if (annotated || spec.kind().substring(spec.kind().indexOf('/')).contains(".")) {
      return "0.6.0";
    }
    boolean digit =
        spec.devices().stream().anyMatch(device -> Character.isDigit(device.name().charAt(0)));
    if (digit
        || all.stream()
            .flatMap(e -> e.deviceNodes().stream())
            .anyMatch(node -> !node.hostPath().isEmpty())) {
      return "0.5.0";
    }
    return all.stream().flatMap(e -> e.mounts().stream()).anyMatch(mount -> !mount.type().isEmpty())
        ? "0.4.0"
        : "0.3.0";
  }

  private static boolean hasNetworkOrSchemata(Edits edits) {
    return !edits.netDevices().isEmpty()
        || edits
            .intelRdt()
            .filter(rdt -> !rdt.schemata().isEmpty() || rdt.enableMonitoring())
            .isPresent();
  }
}
