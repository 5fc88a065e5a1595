package io.jcri.oci.snapshot;

import java.io.IOException;
import java.nio.file.Path;

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
   * Gives a layer that is whole and durable, its record included, its place in the store. When the
   * same one is there already it is that one, and the directory is deleted.
   *
   * @param directory of {@link #makeTemporary}
   * @param key see {@link LayerStore}
   */
  Layer commit(Path directory, String key, LayerInfo info) throws IOException;

  /** Deletes a directory of {@link #makeTemporary} with all that is in it. */
  void discard(Path directory);
}
