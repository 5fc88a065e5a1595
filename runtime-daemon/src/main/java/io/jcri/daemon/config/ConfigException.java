package io.jcri.daemon.config;

import java.util.List;

/** A configuration file that can't be used, with everything that is wrong in it. */
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ConfigException(String origin, List<String> problems) {
    super(origin + ": " + String.join("; ", problems));
  }
}
