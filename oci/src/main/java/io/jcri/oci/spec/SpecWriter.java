package io.jcri.oci.spec;

import io.jcri.oci.OciException;
import io.jcri.oci.PlacedJson;
import io.jcri.oci.PlacedJson.Placed;
import java.util.List;

/**
 * Writes what the OCI runtime reads: a bundle's config.json, the process file of an exec and the
 * resources of an update. Where everything goes is said by the components of the records. Pure;
 * equal input gives equal bytes.
 */
public final class SpecWriter {

  /** The whole file. */
  private record Config(String ociVersion, @Placed(PlacedJson.AMONG) ContainerSpec spec) {}

  private SpecWriter() {}

  /** The content of config.json, with the lowest version of the specification that it needs. */
  public static byte[] toJson(ContainerSpec spec) {
    return PlacedJson.toBytes(new Config(SpecVersion.neededBy(spec).text(), spec));
  }

  /**
   * Reads a config.json; what is not there is empty.
   *
   * @throws OciException INVALID for what is none
   */
  public static ContainerSpec read(byte[] configJson) {
    return PlacedJson.parse(configJson, ContainerSpec.class);
  }

  /** The file that {@code exec --process} takes. */
  public static byte[] processJson(ContainerProcess process) {
    return PlacedJson.toBytes(process);
  }

  /** The document that {@code update --resources} takes; device rules are left out. */
  public static byte[] resourcesJson(LinuxResources resources) {
    return PlacedJson.toBytes(resources.toBuilder().devices(List.of()).build());
  }
}
