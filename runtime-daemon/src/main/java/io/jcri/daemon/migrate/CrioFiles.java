package io.jcri.daemon.migrate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * {@code crio.conf} and the files of {@code crio.conf.d} beside it, in the order of their names.
 * What a later file says counts; a runtime's or workload's table is replaced as a whole.
 */
final class CrioFiles {
  private static final int MOST_FILES = 64;
  private static final int MOST_DEPTH = 8;

  /** The tables that are replaced, by where the name is. */
  private static final Set<List<String>> REPLACED =
      Set.of(List.of("crio", "runtime", "runtimes"), List.of("crio", "runtime", "workloads"));

  private CrioFiles() {}

  /**
   * Reads them all.
   *
   * @param file {@code crio.conf}, which need not be there when its directory is, or the directory
   * @throws MigrateException when one cannot be read
   */
  static Settings load(Path file) {
    List<Path> files = new ArrayList<>();
    Path directory = file;
    if (!Files.isDirectory(file)) {
      directory = file.resolveSibling(file.getFileName() + ".d");
      if (Files.exists(file) || !Files.isDirectory(directory)) {
        files.add(file);
      }
    }
    if (Files.isDirectory(directory)) {
      try (Stream<Path> found = Files.walk(directory, MOST_DEPTH)) {
        found.filter(Files::isRegularFile).sorted().limit(MOST_FILES + 1).forEach(files::add);
      } catch (IOException e) {
        throw new MigrateException(directory, "cannot be read: " + e.getMessage());
      }
    }
    if (files.size() > MOST_FILES) {
      throw new MigrateException(directory, "has more than " + MOST_FILES + " files");
    }
    Settings settings = new Settings();
    files.forEach(one -> add(SourceFile.read(one), settings));
    return settings;
  }

  private static void add(SourceFile source, Settings settings) {
    Set<List<String>> replaced = new HashSet<>();
    for (Setting one : source.settings()) {
      if (one.path().size() > 3 && REPLACED.contains(one.path().subList(0, 3))) {
        List<String> table = one.path().subList(0, 4);
        if (replaced.add(table)) {
          settings.removeBelow(table);
        }
      }
      settings.put(one);
    }
  }
}
