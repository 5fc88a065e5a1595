package io.jcri.daemon.nri;

import io.jcri.daemon.core.JcriException;
import io.jcri.nri.v1alpha1.NriApi.Field;

/** Claims of one plugin on what can be set of one container. Not thread-safe. */
record Claims(AdjustmentOwners owners, String container, String plugin) {
  /**
   * The plugin sets a field that has one value.
   *
   * @throws JcriException FAILED_PRECONDITION when another plugin has set it
   */
  void claim(Field field) {
    claim(field, "");
  }

  /**
   * The plugin sets one entry of a field.
   *
   * @throws JcriException FAILED_PRECONDITION when another plugin has set it
   */
  void claim(Field field, String entry) {
    owners.claim(container, field, entry, plugin);
  }

  /** The plugin removes what was set, if only to set it anew. */
  void clear(Field field) {
    clear(field, "");
  }

  /** The same for one entry of a field. */
  void clear(Field field, String entry) {
    owners.clear(container, field, entry, plugin);
  }

  /** The plugin adds to a field that any number of them may add to. */
  void join(Field field) {
    owners.join(container, field, plugin);
  }
}
