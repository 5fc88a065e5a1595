package io.jcri.daemon.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Tells a program's file from the one that replaces it, whether it was put in its place or written
 * over. Links are followed.
 *
 * @param attributes its device and number, its size, and when its content, mode or owner was last
 *     another
 */
record ProgramFile(Map<String, Object> attributes) {
  /** Empty when there is none that can be looked at. */
  static Optional<ProgramFile> of(Path program) {
    try {
      return Optional.of(new ProgramFile(Files.readAttributes(program, "unix:dev,ino,size,ctime")));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
