package io.jcri.oci.cdi;

import io.jcri.oci.OciException;
import io.jcri.sandbox.linux.Reasons;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the files declared when they were last read. Immutable.
 *
 * @param state of the files, by which a change is seen
 * @param devices by full name
 * @param conflicts devices that are declared twice by files of one directory, and by which; nobody
 *     can say which is meant, so there are none
 * @param problems files that can't be used, and why
 */
record CdiCatalog(
    List<FileState> state,
    Map<String, Entry> devices,
    Map<String, String> conflicts,
    Map<Path, String> problems) {

  static final CdiCatalog EMPTY = new CdiCatalog(List.of(), Map.of(), Map.of(), Map.of());

  /** A file as it was; its place in the order of directories counts as well. */
  record FileState(Path file, int priority, long size, FileTime modified, String key) {}

  /** A device and where it was declared. */
  record Entry(CdiSpec spec, CdiSpec.Device device, Path file, int priority) {}

  /** This, or a new one when a file has come, gone or changed. */
  CdiCatalog refreshed(List<Path> directories) {
    List<FileState> now = new ArrayList<>();
    for (int i = 0; i < directories.size(); i++) {
      now.addAll(list(directories.get(i), i));
    }
    return now.equals(state) ? this : read(now);
  }

  private static List<FileState> list(Path directory, int priority) {
    List<FileState> files = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, "*.{json,yaml}")) {
      for (Path entry : entries) {
        look(entry, priority).ifPresent(files::add);
      }
    } catch (NoSuchFileException | NotDirectoryException e) {
      return List.of();
    } catch (IOException e) {
      throw OciException.ofIo("cannot look for CDI files in " + directory, e);
    }
    files.sort((a, b) -> a.file().compareTo(b.file()));
    return files;
  }

  /** Empty for a directory, a dangling link, and what is removed meanwhile. */
  private static Optional<FileState> look(Path entry, int priority) throws IOException {
    try {
      BasicFileAttributes stat = Files.readAttributes(entry, BasicFileAttributes.class);
      FileState state =
          new FileState(
              entry,
              priority,
              stat.size(),
              stat.lastModifiedTime(),
              String.valueOf(stat.fileKey()));
      return Optional.of(state).filter(_ -> !stat.isDirectory());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private static CdiCatalog read(List<FileState> files) {
    Map<String, Entry> devices = new HashMap<>();
    Map<String, String> conflicts = new TreeMap<>();
    Map<Path, String> problems = new TreeMap<>();
    long left = CdiLimits.ALL_FILES;
    for (FileState state : files) {
      if (state.size() > left) {
        problems.put(
            state.file(),
            "it and the files before have more than " + CdiLimits.ALL_FILES + " bytes");
        continue;
      }
      left -= state.size();
      try {
        CdiSpec spec = CdiReader.read(state.file());
        for (CdiSpec.Device device : spec.devices()) {
          add(
              devices,
              conflicts,
              spec.kind() + "=" + device.name(),
              new Entry(spec, device, state.file(), state.priority()));
        }
      } catch (IOException | OciException e) {
        problems.put(state.file(), Reasons.of(e));
      }
    }
    conflicts.keySet().forEach(devices::remove);
    return new CdiCatalog(
        List.copyOf(files), Map.copyOf(devices), Map.copyOf(conflicts), Map.copyOf(problems));
  }

  /** Files come in the order of their directories, so one that beats another comes after it. */
  private static void add(
      Map<String, Entry> devices, Map<String, String> conflicts, String name, Entry entry) {
    Entry other = devices.put(name, entry);
    if (other == null || other.priority() < entry.priority()) {
      conflicts.remove(name);
    } else {
      conflicts.put(name, "%s and %s both declare it".formatted(other.file(), entry.file()));
    }
  }
}
