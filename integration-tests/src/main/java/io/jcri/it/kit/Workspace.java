package io.jcri.it.kit;

import java.io.FileNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Where this repository's files and what is built from them are. */
public final class Workspace {
  private Workspace() {}

  /** The top of the repository: the nearest folder upwards that has the Maven wrapper. */
  public static Path root() throws FileNotFoundException {
    Path start = Path.of("").toAbsolutePath();
    for (Path folder = start; folder != null; folder = folder.getParent()) {
      if (Files.exists(folder.resolve("mvnw"))) {
        return folder;
      }
    }
    throw new FileNotFoundException("no repository at or above " + start);
  }

  /** A script of this module. */
  public static Path script(String name) throws FileNotFoundException {
    return existing(root().resolve("integration-tests/scripts").resolve(name), "not a script");
  }

  /** A program built from {@code integration-tests/native}. */
  public static Path nativeProgram(String name) throws FileNotFoundException {
    return existing(root().resolve("integration-tests/target/native").resolve(name), "not built");
  }

  /**
   * The distribution to test, a folder with {@code bin/jcri}: the one built here, or the one that
   * the environment variable {@code JCRI_DIST} names.
   */
  public static Path distribution() throws FileNotFoundException {
    Path built = root().resolve("runtime-daemon/target/dist/jcri");
    Path folder = Optional.ofNullable(System.getenv("JCRI_DIST")).map(Path::of).orElse(built);
    return existing(folder, "not built");
  }

  private static Path existing(Path path, String otherwise) throws FileNotFoundException {
    if (!Files.exists(path)) {
      throw new FileNotFoundException(path + ": " + otherwise);
    }
    return path;
  }
}
