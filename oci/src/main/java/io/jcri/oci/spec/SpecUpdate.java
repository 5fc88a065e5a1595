package io.jcri.oci.spec;

import io.jcri.oci.OciException;
import io.jcri.oci.PlacedJson;
import io.jcri.oci.PlacedJson.Placed;
import io.jcri.oci.spec.LinuxResources.HugepageLimit;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Changes limits in a config.json that was written before, and nothing else: whatever plugins and
 * other versions have put into it stays.
 */
public final class SpecUpdate {

  private record Version(@Placed(sparse = true) String ociVersion) {}

  private record Pages(@Placed("linux.resources.hugepageLimits") List<HugepageLimit> hugepages) {}

  /** What is laid over the file. */
  private record Change(
      @Placed(sparse = true) String ociVersion,
      @Placed("process.oomScoreAdj") Optional<Integer> oomScoreAdj,
      Map<String, String> annotations,
      @Placed(value = "linux.resources", sparse = true) LinuxResources resources) {}

  private SpecUpdate() {}

  /**
   * The file with the limits that {@code change} sets; those that it leaves empty stay, and so do
   * the device rules.
   *
   * @param config what {@link SpecWriter#toJson} has written
   * @param oomScoreAdj empty leaves it
   * @param annotations added to those in the file
   * @throws OciException INVALID when the file is no config.json
   */
  public static byte[] apply(
      byte[] config,
      LinuxResources change,
      Optional<Integer> oomScoreAdj,
      Map<String, String> annotations) {
    // Lists are laid over as a whole: device rules never change, and huge pages merge by size.
    LinuxResources limits =
        change.toBuilder().devices(List.of()).hugepages(pages(config, change)).build();
    return PlacedJson.over(
        config, new Change(version(config, change), oomScoreAdj, annotations, limits));
  }

  private static List<HugepageLimit> pages(byte[] config, LinuxResources change) {
    if (change.hugepages().isEmpty()) {
      return List.of();
    }
    List<HugepageLimit> now = PlacedJson.parse(config, Pages.class).hugepages();
    return LinuxResources.builder().hugepages(now).build().updatedBy(change).hugepages();
  }

  private static String version(byte[] config, LinuxResources change) {
    String now = PlacedJson.parse(config, Version.class).ociVersion();
    boolean newer = !change.unified().isEmpty() && now.equals(SpecVersion.V1_0_2.text());
    return newer ? SpecVersion.V1_1_0.text() : now;
  }
}
