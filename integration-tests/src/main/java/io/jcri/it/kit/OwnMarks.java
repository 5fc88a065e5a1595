package io.jcri.it.kit;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Tells what this run of tests has made from what others make on the machine meanwhile: its names
 * have its process's number in them, and its programs are those of the distribution under test.
 */
final class OwnMarks {
  private static final long RUN = ProcessHandle.current().pid();

  /** What the names of a run's folders begin with, see {@link Scratch}. */
  static final String FOLDER = "jct" + Long.toString(RUN, Character.MAX_RADIX) + "-";

  /** The folders, and short names that end with the number: bridges, cgroups. */
  private static final Pattern MARK =
      Pattern.compile(Pattern.quote(FOLDER) + "|jct[a-z-]*" + RUN + "(?!\\d)");

  private OwnMarks() {}

  /** Whether a name, path or line speaks of something of this run's. */
  static boolean in(String text) {
    return MARK.matcher(text).find();
  }

  /** The programs of the distribution under test, as the kernel knows them; none before a build. */
  static Set<Object> programs() throws IOException {
    Set<Object> keys = new HashSet<>();
    try (Stream<Path> files = Files.walk(Workspace.distribution())) {
      for (Path file : files.filter(Files::isRegularFile).filter(Files::isExecutable).toList()) {
        keys.add(key(file));
      }
    } catch (FileNotFoundException notBuilt) {
      return Set.of();
    }
    return keys;
  }

  /** Of an open file, too, whatever its name is by now. */
  static Object key(Path file) throws IOException {
    Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    if (key == null) {
      throw new NoSuchFileException(file.toString());
    }
    return key;
  }
}
