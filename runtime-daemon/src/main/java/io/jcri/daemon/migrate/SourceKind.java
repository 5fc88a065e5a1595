package io.jcri.daemon.migrate;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** Whose configuration a file is. */
public enum SourceKind {
  CONTAINERD,
  CRIO;

  private static final Set<String> CONTAINERD_KEYS =
      Set.of("version", "imports", "plugins", "disabled_plugins", "grpc", "proxy_plugins");

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Looks at what is in a file.
   *
   * @throws MigrateException when that does not tell
   */
  static SourceKind of(Path file) {
    if (Files.isDirectory(file)) {
      return CRIO;
    }
    SourceFile source = SourceFile.read(file);
    Set<String> keys =
        source.settings().stream().map(one -> one.written().getFirst()).collect(Collectors.toSet());
    boolean crio = keys.contains("crio");
    boolean containerd = keys.stream().anyMatch(CONTAINERD_KEYS::contains);
    if (crio == containerd) {
      throw new MigrateException(
          file,
          (crio ? "has keys of containerd and of CRI-O" : "does not tell whose configuration it is")
              + ": say --from containerd or --from crio");
    }
    return crio ? CRIO : CONTAINERD;
  }
}
