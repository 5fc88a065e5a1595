package io.jcri.daemon.imports;

import io.jcri.oci.Digest;
import io.jcri.oci.Json;
import io.jcri.oci.image.ImageLimits;
import java.io.IOException;
import java.util.List;

/** The layers that an image's config names (OCI image-spec, config.md). */
public final class ImageDiffIds {
  private static final int VALUES = 64 << 10;

  private record Config(RootFs rootfs) {}

  private record RootFs(@Json.Name("diff_ids") List<Digest> diffIds) {}

  private ImageDiffIds() {}

  /**
   * Reads them, from the lowest layer.
   *
   * @throws ImportException when the config is damaged
   * @throws io.jcri.oci.OciException INVALID when it is none
   */
  public static List<Digest> of(StoredFile config) throws IOException {
    byte[] bytes = config.read(ImageLimits.CONFIG_BYTES);
    Json.Bounds bounds = new Json.Bounds(ImageLimits.CONFIG_BYTES, VALUES);
    return List.copyOf(Json.parseTolerant(bytes, Config.class, bounds).rootfs().diffIds());
  }
}
