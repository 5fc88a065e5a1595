package io.jcri.oci.image;

import io.jcri.oci.OciException;
import java.io.InputStream;

/**
 * Brings images to the store: reads what strangers have made, which may be in another process.
 * Thread-safe.
 */
public interface ImageFetcher {

  /**
   * Brings an image of a registry. Fetches of the same content share its downloads. Returns when it
   * is received, or when nothing works at it any more; an interrupt ends it.
   *
   * @throws OciException of any kind; the message names the image, and the layer, host or path at
   *     fault
   */
  void pull(PullRequest request, ImageReceiver receiver, PullProgress progress);

  /**
   * Brings the images of an archive: an OCI image layout or a Docker archive as tar, gzip or zstd.
   * Otherwise as {@link #pull}.
   *
   * @param archive is read to its end unless it fails, and not closed
   * @throws OciException INVALID, also when names are given and there is not one image
   */
  void load(InputStream archive, ArchiveWish wish, ImageReceiver receiver);
}
