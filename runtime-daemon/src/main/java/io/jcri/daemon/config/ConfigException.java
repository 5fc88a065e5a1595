package io.jcri.daemon.config;

import java.util.List;

/** A configuration file or flag that can't be used, with everything that is wrong in it. */
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Of a flag. */
  public ConfigException(String problem) {
    super(problem);
  }

  ConfigException(String origin, List<String> problems) {
    super(origin + ": " + String.join("; ", problems));
  }
}
