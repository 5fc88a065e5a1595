package io.jcri.daemon.runtime;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Optional;
import java.util.Set;

/**
 * What is installed on a Debian or one of its kind, read without its programs. Elsewhere everything
 * is from no package.
 *
 * @param directory {@code /var/lib/dpkg}
 */
record DpkgDatabase(Path directory) {
  static final DpkgDatabase OF_HOST = new DpkgDatabase(Path.of("/var/lib/dpkg"));

  /** When a package was last installed or removed; empty where there are none. */
  Optional<FileTime> written() {
    try {
      return Optional.of(Files.getLastModifiedTime(directory.resolve("status")));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** The version of the package of this name, if the program is a file of it. */
  Optional<String> versionOf(String name, Path program) throws IOException {
    return Files.isDirectory(directory) && owns(name, program) ? version(name) : Optional.empty();
  }

  /** A package may list its file by either name that merged /usr gives it. */
  private boolean owns(String name, Path program) throws IOException {
    Path real = program.toRealPath();
    String other = real.startsWith("/usr") ? "/" + Path.of("/usr").relativize(real) : "/usr" + real;
    Set<String> names = Set.of(real.toString(), other);
    try (DirectoryStream<Path> lists =
        Files.newDirectoryStream(directory.resolve("info"), name + "{,:*}.list")) {
      for (Path list : lists) {
        if (Files.readAllLines(list).stream().anyMatch(names::contains)) {
          return true;
        }
      }
    }
    return false;
  }

  private Optional<String> version(String name) throws IOException {
    try (BufferedReader lines =
        Files.newBufferedReader(directory.resolve("status"), StandardCharsets.UTF_8)) {
      boolean wanted = false;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("Package: ")) {
          wanted = line.equals("Package: " + name);
        } else if (wanted && line.startsWith("Version: ")) {
          return Optional.of(line.substring("Version: ".length()));
        }
      }
    }
    return Optional.empty();
  }
}
