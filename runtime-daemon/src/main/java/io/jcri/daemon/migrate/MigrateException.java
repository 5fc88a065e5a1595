package io.jcri.daemon.migrate;

import java.nio.file.Path;

/**
 * A configuration that cannot be read; the message names the file, and the line where it has one.
 */
public final class MigrateException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  MigrateException(Path file, String problem) {
    super(TomlText.visible(file.toString()) + ": " + problem);
  }

  MigrateException(Origin origin, String problem) {
    super(origin + ": " + problem);
  }
}
