package io.jcri.oci.image;

import io.jcri.oci.Digest;
import io.jcri.oci.layer.Layer;
import io.jcri.oci.layer.LayerShelf;
import io.jcri.oci.manifest.Descriptor;
import io.jcri.oci.manifest.ImageReference;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the store does for whoever brings images. Directories that are neither committed nor
 * discarded are deleted at the end. Thread-safe.
 */
public interface ImageReceiver extends LayerShelf {

  /**
   * An image that is found: its layers, those here and those to come, are kept until it is closed.
   */
  interface Receiving extends AutoCloseable {

    /** The layers that are here, by their heights, counted from the lowest, which has 0. */
    Map<Integer, Layer> present();

    /** The layer at a height when it is here. */
    Optional<Layer> layer(int height);

    /**
     * Enters the image, whose layers are all here, or gives more names to one that is.
     *
     * @throws io.jcri.oci.OciException RESOURCE_EXHAUSTED when there is no room for its names
     */
    void record(FetchedImage image);

    @Override
    void close();
  }

  /**
   * Says what a reference stands for, before anything of it is fetched.
   *
   * @throws io.jcri.oci.OciException SIGNATURE_VALIDATION_FAILED when this node does not take it
   */
  void resolved(ImageReference reference, Descriptor top);

  /**
   * Begins to receive an image.
   *
   * @param diffIds of its layers, from the lowest
   */
  Receiving begin(List<Digest> diffIds);
}
