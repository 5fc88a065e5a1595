package io.jcri.daemon.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.tomlj.Toml;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;

/** Puts the texts of files together, the earliest first, and whatever beats them all. */
final class ConfigTexts {
  private final List<String> problems = new ArrayList<>();
  private final ConfigTree tree = new ConfigTree(problems);
  private final List<Path> files = new ArrayList<>();
  private boolean complete = true;

  /** Adds a file; one that is no TOML is left out, and a problem. */
  void add(String text, String file) {
    TomlParseResult toml = Toml.parse(text);
    for (TomlParseError error : toml.errors()) {
      missing("%s:%d: %s".formatted(file, error.position().line(), error.getMessage()));
    }
    if (!toml.hasErrors()) {
      tree.add(toml, file);
    }
  }

  /** Notes a problem that keeps a file out. */
  void missing(String problem) {
    problems.add(problem);
    complete = false;
  }

  /** Adds what beats all files. */
  void set(String key, Setting setting) {
    tree.set(key, setting);
  }

  /** As the other, of a file that is there. */
  void add(String text, Path file) {
    add(text, file.toString());
    files.add(file);
  }

  /**
   * Reads all of it.
   *
   * @throws ConfigException with everything that is wrong
   */
  LoadedConfig read() {
    return ConfigFile.read(tree, files, problems, complete);
  }
}
