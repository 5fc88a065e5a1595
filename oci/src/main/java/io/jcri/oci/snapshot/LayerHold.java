package io.jcri.oci.snapshot;

import java.util.List;

/**
 * Keeps a stack's layers, those that are here and those to come, until closed; closing again does
 * nothing. Thread-safe.
 */
public final class LayerHold implements AutoCloseable {

  private final LayerUsers users;
  private final List<String> layerKeys;

  /**
   * @param layerKeys that the layers may have in the store
   */
  LayerHold(LayerUsers users, List<String> layerKeys) {
    this.users = users;
    this.layerKeys = layerKeys;
  }

  List<String> layerKeys() {
    return layerKeys;
  }

  /** Whether a layer of that key is one that it keeps. */
  public boolean mayHave(String key) {
    return layerKeys.contains(key);
  }

  @Override
  public void close() {
    users.release(this);
  }
}
