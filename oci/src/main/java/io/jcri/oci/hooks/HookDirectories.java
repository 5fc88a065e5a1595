package io.jcri.oci.hooks;

import io.jcri.oci.OciException;
import io.jcri.oci.OciException.Kind;
import io.jcri.oci.spec.ContainerSpec;
import io.jcri.oci.spec.Hooks;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The hooks of the directories that a node has for them. They are looked at for each container, so
 * that a file counts from when it is there; what was read of one is kept while it is the same.
 *
 * <p>Thread-safe.
 */
public final class HookDirectories {
  private static final int MOST_BYTES = 1 << 20;
  private static final int MOST_FILES = 256;

  private record Read(FileTime modified, long size, @Nullable Object key, HookFile content) {}

  private final Map<Path, Read> known = new ConcurrentHashMap<>();

  /**
   * The container with the hooks that are for it, after those that it has, in the order of the
   * files' names.
   *
   * @param directories a file of a later one counts instead of that of the same name in an earlier;
   *     one that is not there has none
   * @param annotations of the pod and the container
   * @param bindMounts whether the container has mounts of its own
   * @throws OciException INVALID for a file that is wrong, and INTERNAL for one that can't be read:
   *     a hook may be there to keep something from happening, so no container goes without
   */
  public ContainerSpec add(
      List<Path> directories,
      ContainerSpec spec,
      Map<String, String> annotations,
      boolean bindMounts) {
    if (directories.isEmpty()) {
      return spec;
    }
    Hooks hooks = spec.hooks();
    String command = spec.process().args().isEmpty() ? "" : spec.process().args().getFirst();
    for (Path file : files(directories).values()) {
      Optional<HookFile> found = read(file);
      if (found.isPresent() && found.get().fits(annotations, command, bindMounts)) {
        for (String stage : found.get().stages()) {
          hooks = hooks.plus(stage, found.get().hook());
        }
      }
    }
    return spec.toBuilder().hooks(hooks).build();
  }

  /**
   * What directories have, for people.
   *
   * @param files that would be used
   * @param problems what keeps containers from being made
   * @param missing programs of hooks that can't be executed, or are not there
   */
  public record Found(List<Path> files, List<String> problems, List<String> missing) {
    public Found {
      files = List.copyOf(files);
      problems = List.copyOf(problems);
      missing = List.copyOf(missing);
    }
  }

  /** Looks at all of them, as {@link #add} would, and goes on after what is wrong. */
  public static Found look(List<Path> directories) {
    List<Path> good = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    HookDirectories hooks = new HookDirectories();
    try {
      for (Path file : files(directories).values()) {
        try {
          Optional<HookFile> found = hooks.read(file);
          if (found.isPresent()) {
            good.add(file);
            String program = found.get().hook().path();
            if (!Files.isExecutable(Path.of(program)) || Files.isDirectory(Path.of(program))) {
              missing.add(program);
            }
          }
        } catch (OciException e) {
          problems.add(String.valueOf(e.getMessage()));
        } catch (InvalidPathException e) {
          problems.add("hook " + file + ": hook.path is no path");
        }
      }
    } catch (OciException e) {
      problems.add(String.valueOf(e.getMessage()));
    }
    return new Found(good, problems, missing);
  }

  private static Map<String, Path> files(List<Path> directories) {
    Map<String, Path> files = new TreeMap<>();
    for (Path directory : directories) {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, "*.json")) {
        for (Path entry : entries) {
          files.put(String.valueOf(entry.getFileName()), entry);
        }
      } catch (NoSuchFileException none) {
        // a folder that is not there has no hooks
      } catch (IOException e) {
        throw OciException.ofIo("cannot list hooks in " + directory, e);
      }
    }
    if (files.size() > MOST_FILES) {
      throw new OciException(
          Kind.INVALID, "%s have more than %d hooks".formatted(directories, MOST_FILES));
    }
    return files;
  }

  /** Empty when it has gone meanwhile. */
  private Optional<HookFile> read(Path file) {
    try {
      BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
      Read before = known.get(file);
      if (before != null
          && before.modified.equals(now.lastModifiedTime())
          && before.size == now.size()
          && Objects.equals(before.key, now.fileKey())) {
        return Optional.of(before.content);
      }
      if (!now.isRegularFile()) {
        throw new OciException(Kind.INVALID, "is no regular file");
      }
      HookFile content = HookFile.parse(bytes(file));
      known.put(file, new Read(now.lastModifiedTime(), now.size(), now.fileKey(), content));
      return Optional.of(content);
    } catch (NoSuchFileException e) {
      known.remove(file);
      return Optional.empty();
    } catch (IOException e) {
      throw OciException.ofIo("cannot read hook " + file, e);
    } catch (OciException e) {
      throw new OciException(Kind.INVALID, "hook " + file + ": " + e.getMessage(), e);
    }
  }

  private static byte[] bytes(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MOST_BYTES + 1);
      if (bytes.length > MOST_BYTES) {
        throw new OciException(Kind.INVALID, "is larger than " + MOST_BYTES + " bytes");
      }
      return bytes;
    }
  }
}
