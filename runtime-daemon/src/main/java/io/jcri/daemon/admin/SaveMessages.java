package io.jcri.daemon.admin;

import io.jcri.oci.image.SaveOptions;
import java.util.List;

/** What {@code save} is about. The archive comes as content. */
public final class SaveMessages {
  private SaveMessages() {}

  /** The arguments. */
  public record Save(
      List<String> images, SaveOptions.Format format, SaveOptions.Compression compression) {}

  /** There is no answer but the archive. */
  public record Nothing() {}
}
