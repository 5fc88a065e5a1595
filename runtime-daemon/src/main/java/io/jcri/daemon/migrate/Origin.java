package io.jcri.daemon.migrate;

import java.nio.file.Path;

/**
 * Where a setting stands.
 *
 * @param line from 1; 0 for what a file does not say
 */
public record Origin(Path file, int line) {

  @Override
  public String toString() {
    String name = TomlText.visible(file.toString());
    return line == 0 ? name : name + ":" + line;
  }
}
