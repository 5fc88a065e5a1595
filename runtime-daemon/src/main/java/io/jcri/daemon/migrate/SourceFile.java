package io.jcri.daemon.migrate;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/**
 * One file of a source, taken apart into its settings, in the order of their lines. Bounded: a
 * configuration is some kilobytes, and parsers take many times the text.
 *
 * @param settings their paths are as written
 */
record SourceFile(Path file, List<Setting> settings) {
  static final int MOST_BYTES = 256 << 10;
  private static final int MOST_SETTINGS = 10_000;
  private static final int MOST_DEPTH = 32;

  SourceFile {
    settings = List.copyOf(settings);
  }

  /**
   * Reads a file.
   *
   * @throws MigrateException naming the file, and the line that is wrong
   */
  static SourceFile read(Path file) {
    return parse(file, text(file));
  }

  /** The same for a text that is at hand. */
  static SourceFile parse(Path file, String text) {
    try {
      TomlParseResult toml = Toml.parse(text);
      for (TomlParseError error : toml.errors()) {
        throw new MigrateException(
            new Origin(file, error.position().line()),
            TomlText.visible(String.valueOf(error.getMessage())));
      }
      List<Setting> settings = new ArrayList<>();
      flatten(toml, List.of(), file, settings);
      settings.sort(Comparator.comparingInt(setting -> setting.origin().line()));
      return new SourceFile(file, settings);
    } catch (StackOverflowError e) {
      throw new MigrateException(file, "its values are nested too deeply");
    }
  }

  /** The setting of the file's top that has this name. */
  Optional<Setting> top(String name) {
    return settings.stream().filter(one -> one.written().equals(List.of(name))).findFirst();
  }

  private static String text(Path file) {
    // What is read to see whose it is must be there to be read again.
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new MigrateException(file, "is no regular file");
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] content = in.readNBytes(MOST_BYTES + 1);
      if (content.length > MOST_BYTES) {
        throw new MigrateException(file, "has more than " + MOST_BYTES + " bytes");
      }
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
    } catch (CharacterCodingException e) {
      throw new MigrateException(file, "is no text in UTF-8");
    } catch (NoSuchFileException e) {
      throw new MigrateException(file, "there is no such file");
    } catch (IOException e) {
      throw new MigrateException(file, "cannot be read: " + e.getMessage());
    }
  }

  private static void flatten(TomlTable table, List<String> at, Path file, List<Setting> to) {
    for (String name : table.keySet()) {
      Object value = table.get(List.of(name));
      List<String> path = new ArrayList<>(at);
      path.add(name);
      Origin origin = new Origin(file, line(table.inputPositionOf(List.of(name))));
      if (path.size() > MOST_DEPTH) {
        throw new MigrateException(origin, "its tables are nested too deeply");
      }
      if (value instanceof TomlTable inner && !inner.isEmpty()) {
        flatten(inner, path, file, to);
      } else if (value != null) {
        to.add(new Setting(path, path, plain(value), origin));
      }
      if (to.size() > MOST_SETTINGS) {
        throw new MigrateException(origin, "the file has more than " + MOST_SETTINGS + " keys");
      }
    }
  }

  private static int line(@Nullable TomlPosition position) {
    return position == null ? 0 : position.line();
  }

  private static Object plain(Object value) {
    return switch (value) {
      case TomlArray array -> array.toList().stream().map(SourceFile::plain).toList();
      case TomlTable table -> {
        Map<String, Object> plain = new LinkedHashMap<>();
        for (String name : table.keySet()) {
          Object inner = table.get(List.of(name));
          if (inner != null) {
            plain.put(name, plain(inner));
          }
        }
        yield plain;
      }
      case String _, Long _, Double _, Boolean _ -> value;
      default -> value.toString();
    };
  }
}
