package io.jcri.daemon.config;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A configuration and where it comes from.
 *
 * @param settings what counts for each key, those of the defaults as well
 * @param files that were read, in this order
 */
public record LoadedConfig(DaemonConfig config, Map<String, Setting> settings, List<Path> files) {
  /** Keeps the order of the settings. */
  public LoadedConfig {
    settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
    files = List.copyOf(files);
  }
}
