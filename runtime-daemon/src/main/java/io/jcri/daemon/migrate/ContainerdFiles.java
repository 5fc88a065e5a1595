package io.jcri.daemon.migrate;

import io.jcri.daemon.config.NamePattern;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A file of containerd's and what it imports, in containerd's order: a file's imports after it, and
 * each file once, so that files may import each other. What a later file says counts; the values of
 * a plugin are merged key by key, as containerd 2 does it.
 */
final class ContainerdFiles {
  private static final int MOST_FILES = 64;
  private static final int MOST_ENTRIES = 10_000;

  /** Lists that go on in another file. */
  private static final Set<String> APPENDED = Set.of("disabled_plugins", "required_plugins");

  private final Settings settings = new Settings();
  private final Set<String> plugins = new HashSet<>();
  private final Draft draft;
  private long version;

  private ContainerdFiles(Draft draft) {
    this.draft = draft;
  }

  /**
   * @param version of the first file
   */
  record Loaded(Settings settings, long version) {}

  /**
   * Reads them all.
   *
   * @param draft is told of what containerd's versions disagree about
   * @throws MigrateException when one cannot be read or is not there
   */
  static Loaded load(Path file, Draft draft) {
    ContainerdFiles files = new ContainerdFiles(draft);
    Deque<Path> pending = new ArrayDeque<>(List.of(file));
    Set<Path> loaded = new HashSet<>();
    while (!pending.isEmpty()) {
      Path next = pending.pop();
      if (loaded.add(next.toAbsolutePath().normalize())) {
        SourceFile source = SourceFile.read(next);
        files.add(source, loaded.size() == 1);
        pending.addAll(imports(source));
      }
      if (loaded.size() > MOST_FILES || pending.size() > MOST_FILES) {
        throw new MigrateException(file, "imports more than " + MOST_FILES + " files");
      }
    }
    return new Loaded(files.settings, files.version);
  }

  private void add(SourceFile source, boolean first) {
    long own = versionOf(source);
    if (first) {
      version = own;
    }
    Set<String> replaced = new HashSet<>();
    for (Setting one : source.settings()) {
      List<String> written = one.written();
      String top = written.getFirst();
      Setting placed =
          new Setting(ContainerdKeys.path((int) own, written), written, one.value(), one.origin());
      if (APPENDED.contains(top)) {
        settings.append(placed);
      } else if (!top.equals("version") && !top.equals("imports")) {
        if (first || top.equals("plugins") || !one.idle()) {
          settings.put(placed);
        }
      }
      if (top.equals("plugins") && written.size() > 1) {
        String plugin = own < 2 ? ContainerdKeys.full(written.get(1)) : written.get(1);
        if (replaced.add(plugin) && !plugins.add(plugin) && version < 3) {
          draft.tell(
              new Finding(
                  one.origin(),
                  TomlText.key(written.subList(0, 2)),
                  "",
                  "containerd 2 adds this table to that of another file key by key, as is done here;"
                      + " containerd 1 takes it instead of that",
                  Finding.Weight.NOTE));
        }
      }
    }
  }

  private static long versionOf(SourceFile source) {
    Setting said = source.top("version").orElse(null);
    if (said == null) {
      return 1;
    }
    if (said.value() instanceof Long number && number >= 0 && number <= ContainerdKeys.NEWEST) {
      return Math.max(1, number);
    }
    throw new MigrateException(
        said.origin(),
        "version = %s: known are 1 to %d".formatted(said.shown(), ContainerdKeys.NEWEST));
  }

  private static List<Path> imports(SourceFile source) {
    List<Path> files = new ArrayList<>();
    for (Setting imports : source.top("imports").stream().toList()) {
      for (String text : imports.texts()) {
        try {
          files.addAll(imported(source.file(), text));
        } catch (IllegalArgumentException | IOException e) {
          throw new MigrateException(
              imports.origin(),
              "cannot import %s: %s"
                  .formatted(
                      TomlText.brief(text), TomlText.visible(String.valueOf(e.getMessage()))));
        }
      }
    }
    return files.stream().map(file -> named(file, source.file())).toList();
  }

  private static List<Path> imported(Path parent, String text) throws IOException {
    Path path = parent.toAbsolutePath().resolveSibling(text).normalize();
    if (text.contains("*")) {
      return glob(path);
    }
    if (Files.isRegularFile(path)) {
      return List.of(path);
    }
    throw new IOException("there is no such file");
  }

  /** As people would call it who have called the importing file so. */
  private static Path named(Path file, Path parent) {
    Path own = parent.toAbsolutePath().normalize().getParent();
    return !parent.isAbsolute() && own != null && file.startsWith(own)
        ? parent.resolveSibling(own.relativize(file))
        : file;
  }

  /** The files that Go's {@code filepath.Glob} finds, in its order. */
  private static List<Path> glob(Path pattern) throws IOException {
    List<Path> found = List.of(Path.of("/"));
    for (Path segment : pattern) {
      NamePattern name = NamePattern.parse(segment.toString());
      boolean plain = !segment.toString().matches(".*[*?\\[\\\\].*");
      List<Path> next = new ArrayList<>();
      for (Path at : found) {
        if (plain) {
          next.add(at.resolve(segment));
        } else if (Files.isDirectory(at)) {
          try (Stream<Path> entries = Files.list(at)) {
            entries
                .limit(MOST_ENTRIES)
                .filter(entry -> name.matches(String.valueOf(entry.getFileName())))
                .sorted()
                .forEach(next::add);
          }
        }
      }
      found = next.subList(0, Math.min(next.size(), MOST_ENTRIES));
    }
    return found.stream().filter(Files::isRegularFile).toList();
  }
}
