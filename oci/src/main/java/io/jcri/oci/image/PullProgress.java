package io.jcri.oci.image;

import io.jcri.oci.Digest;

/** Hears how a pull goes on. Called from several threads; must be quick. */
public interface PullProgress {

  /** Hears nothing. */
  PullProgress NONE = new PullProgress() {};

  /**
   * A layer is to be fetched; told of all of them before {@link #started}, from the lowest.
   *
   * @param blob may be told twice, as an image may have a layer twice
   * @param bytes of it in the registry
   */
  default void expected(Digest blob, long bytes) {}

  /**
   * It is known what there is to do.
   *
   * @param layers to fetch; those that are here do not count
   * @param bytes of these layers in the registry
   */
  default void started(int layers, long bytes) {}

  /** Some more bytes of a layer's blob have come. */
  default void received(Digest blob, int bytes) {}

  /** A layer is unpacked and safe on disk. */
  default void layerDone(Digest blob) {}
}
