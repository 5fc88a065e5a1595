package io.jcri.daemon.config;

import io.jcri.sandbox.linux.Reasons;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where a configuration is: a file, the files ending in {@code .toml} of the directory {@code
 * conf.d} beside it in the order of their names, and flags, each beating those before it.
 *
 * @param named the file that somebody has named; without one the usual file counts, which need not
 *     be there
 * @param flags keys and what flags say of them
 */
public record ConfigSource(Optional<Path> named, Map<String, Setting> flags) {
  /** Where the configuration is of whom nobody tells another place. */
  public static final Path USUAL = Path.of("/etc/jcri/config.toml");

  private static final String DROP_INS = "conf.d";

  /** Keeps the order of the flags. */
  public ConfigSource {
    flags = new LinkedHashMap<>(flags);
  }

  /** The usual file, or one that is named; without flags. */
  public static ConfigSource of(Optional<Path> named) {
    return new ConfigSource(named, Map.of());
  }

  /** The file that counts. */
  public Path file() {
    return named.orElse(USUAL);
  }

  /** The directory of further files, which need not be there. */
  public Path dropIns() {
    return file().resolveSibling(DROP_INS);
  }

  /**
   * Reads it as it is now.
   *
   * @throws ConfigException with everything that is wrong in any of the files
   */
  public LoadedConfig load() {
    return texts().read();
  }

  ConfigTexts texts() {
    ConfigTexts texts = new ConfigTexts();
    if (named.isPresent() || Files.exists(file())) {
      add(file(), texts);
    }
    try {
      for (Path file : found()) {
        add(file, texts);
      }
    } catch (IOException e) {
      texts.missing(dropIns() + ": " + why(e));
    }
    flags.forEach(texts::set);
    return texts;
  }

  private static void add(Path file, ConfigTexts texts) {
    try {
      texts.add(Files.readString(file), file);
    } catch (IOException e) {
      texts.missing(file + ": " + why(e));
    }
  }

  /** Editors and package managers leave hidden files and such with other endings. */
  private List<Path> found() throws IOException {
    if (Files.notExists(dropIns())) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(dropIns())) {
      return files
          .filter(file -> {
            String name = String.valueOf(file.getFileName());
            return name.endsWith(".toml") && !name.startsWith(".");
          })
          .filter(file -> Files.isRegularFile(file) || isBrokenLink(file))
          .sorted()
          .toList();
    }
  }

  /** It is meant to be read: what it says must not be left out without a word. */
  private static boolean isBrokenLink(Path file) {
    return Files.isSymbolicLink(file) && Files.notExists(file);
  }

  private static String why(IOException e) {
    return e instanceof CharacterCodingException
        ? "is not text in UTF-8"
        : "cannot be read: " + Reasons.ofNamed(e);
  }
}
