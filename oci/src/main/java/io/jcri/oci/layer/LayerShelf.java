package io.jcri.oci.layer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Where a layer that is being made goes: the store itself, or its like in another process. */
public interface LayerShelf {

  /**
   * Makes an empty directory in the store; whoever asked ends with {@link #commit} or {@link
   * #discard}.
   *
   * @throws io.jcri.oci.OciException RESOURCE_EXHAUSTED when the disk is full
   */
  Path makeTemporary();

  /**
   * Gives layers their places in the store. When the same one is there already it is that one, and
   * the directory is deleted. When one fails, some may have their places already; those can be
   * given again.
   *
   * @return what they are in the store, in the same order
   */
  List<Layer> commit(List<WholeLayer> layers) throws IOException;

  /** Deletes a directory of {@link #makeTemporary} with all that is in it. */
  void discard(Path directory);
}
