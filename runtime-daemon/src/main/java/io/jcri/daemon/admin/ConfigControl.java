package io.jcri.daemon.admin;

import io.jcri.daemon.config.LoadedConfig;
import io.jcri.daemon.config.Reloaded;

/** The daemon's configuration as an operator may ask of it. Thread-safe. */
public interface ConfigControl {
  /** What counts now. */
  LoadedConfig current();

  /**
   * Reads the files again and takes up what can be taken up.
   *
   * @throws io.jcri.daemon.config.ConfigException with everything that is wrong; then nothing has
   *     changed
   */
  Reloaded reload();
}
