package io.jcri.oci.distribution.config;

import io.jcri.oci.OciException;
import io.jcri.oci.distribution.config.RegistryEntry.Mirror;
import io.jcri.oci.distribution.config.RegistryEntry.Place;
import io.jcri.oci.distribution.config.RegistryEntry.Use;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlInvalidTypeException;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/** Reads one file of containers-registries.conf(5), version 2. */
final class RegistriesToml {

  private static final Logger LOG = LoggerFactory.getLogger(RegistriesToml.class);

  private static final Set<String> KEYS =
      Set.of(
          "unqualified-search-registries",
          "short-name-mode",
          "registry",
          "aliases",
          "credential-helpers",
          "additional-layer-store-auth-helper");
  private static final Set<String> REGISTRY_KEYS =
      Set.of("prefix", "location", "insecure", "blocked", "mirror", "mirror-by-digest-only");
  private static final Set<String> MIRROR_KEYS = Set.of("location", "insecure", "pull-from-mirror");

  private static final String HOST = "[A-Za-z0-9.-]+|\\[[0-9A-Fa-f:]+\\]";
  private static final Pattern LOCATION =
      Pattern.compile("(?:" + HOST + ")(?::[0-9]{1,5})?(?:/[a-z0-9._/-]+)?");
  private static final Pattern PREFIX =
      Pattern.compile(
          "(?:\\*\\.)?(?:"
              + HOST
              + ")(?::[0-9]{1,5})?(?:/[a-z0-9._/-]+(?::[A-Za-z0-9_.-]+|@[a-z0-9]+:[0-9a-f]+)?)?");

  /**
   * What one file says.
   *
   * @param search registries to look for short names in; empty when the file does not say
   * @param mode of short names, likewise
   * @param registries by prefix
   * @param aliases by short name; an empty value takes one away
   */
  record Content(
      Optional<List<String>> search,
      Optional<String> mode,
      Map<String, RegistryEntry> registries,
      Map<String, String> aliases) {}

  private final Path file;

  private RegistriesToml(Path file) {
    this.file = file;
  }

  /**
   * @throws OciException FAILED_PRECONDITION, with the file and line
   */
  static Content parse(String text, Path file) {
    TomlParseResult root = Toml.parse(text);
    RegistriesToml reader = new RegistriesToml(file);
    if (root.hasErrors()) {
      throw reader.bad(
          root.errors().get(0).position(), String.valueOf(root.errors().get(0).getMessage()));
    }
    try {
      return reader.content(root);
    } catch (TomlInvalidTypeException e) {
      throw reader.bad(null, String.valueOf(e.getMessage()));
    }
  }

  private Content content(TomlTable root) {
    if (root.contains("registries")) {
      throw bad(
          root.inputPositionOf("registries"),
          "version 1 of the format is not read; write [[registry]] tables");
    }
    warnOfUnknown(root, KEYS, "the file");
    Map<String, RegistryEntry> entries = new LinkedHashMap<>();
    TomlArray registries = root.getArray("registry");
    for (int i = 0; registries != null && i < registries.size(); i++) {
      RegistryEntry entry = entry(registries.getTable(i));
      if (entries.put(entry.prefix(), entry) != null) {
        throw bad(
            registries.inputPositionOf(i), "a second registry with the prefix " + entry.prefix());
      }
    }
    return new Content(
        search(root),
        Optional.ofNullable(root.getString("short-name-mode")).filter(mode -> !mode.isEmpty()),
        entries,
        aliases(root));
  }

  private Optional<List<String>> search(TomlTable root) {
    String key = "unqualified-search-registries";
    TomlArray array = root.getArray(key);
    if (array == null) {
      return Optional.empty();
    }
    if (!array.toList().stream().allMatch(String.class::isInstance)) {
      throw bad(root.inputPositionOf(key), key + " wants a list of strings");
    }
    return Optional.of(array.toList().stream().map(String.class::cast).toList());
  }

  private RegistryEntry entry(TomlTable table) {
    warnOfUnknown(table, REGISTRY_KEYS, "a registry");
    String location = text(table, "location");
    String prefix = text(table, "prefix").isEmpty() ? location : text(table, "prefix");
    if (!PREFIX.matcher(prefix).matches()) {
      throw bad(table.inputPositionOf(List.of()), "bad prefix \"" + prefix + "\" of a registry");
    }
    if (!location.isEmpty() && !isLocation(location)) {
      throw bad(table.inputPositionOf("location"), "bad location \"" + location + "\"");
    }
    boolean digestOnly = flag(table, "mirror-by-digest-only");
    List<Mirror> mirrors = new ArrayList<>();
    TomlArray array = table.getArray("mirror");
    for (int i = 0; array != null && i < array.size(); i++) {
      mirrors.add(mirror(array.getTable(i), digestOnly));
    }
    boolean moved = !location.isEmpty() && !location.equals(prefix);
    return new RegistryEntry(
        prefix,
        new Place(moved ? location : "", flag(table, "insecure")),
        flag(table, "blocked"),
        List.copyOf(mirrors));
  }

  private Mirror mirror(TomlTable table, boolean digestOnly) {
    warnOfUnknown(table, MIRROR_KEYS, "a mirror");
    String location = text(table, "location");
    if (!isLocation(location)) {
      throw bad(table.inputPositionOf(List.of()), "bad location \"" + location + "\" of a mirror");
    }
    String use = text(table, "pull-from-mirror");
    if (!use.isEmpty() && digestOnly) {
      throw bad(
          table.inputPositionOf("pull-from-mirror"),
          "pull-from-mirror and mirror-by-digest-only are not for one registry");
    }
    Use wanted =
        use.isEmpty()
            ? digestOnly ? Use.DIGEST_ONLY : Use.ALL
            : Use.of(use)
                .orElseThrow(() ->
                    bad(
                        table.inputPositionOf("pull-from-mirror"),
                        "pull-from-mirror is \"" + use + "\", not all, digest-only or tag-only"));
    return new Mirror(new Place(location, flag(table, "insecure")), wanted);
  }

  private static boolean isLocation(String text) {
    return LOCATION.matcher(text).matches() && ServerUri.ofText("https://" + text).isPresent();
  }

  private Map<String, String> aliases(TomlTable root) {
    Map<String, String> aliases = new LinkedHashMap<>();
    TomlTable table = root.getTable("aliases");
    if (table != null) {
      for (String name : table.keySet()) {
        if (!(table.get(List.of(name)) instanceof String target)) {
          throw bad(table.inputPositionOf(List.of(name)), "alias " + name + " is no string");
        }
        aliases.put(name, target);
      }
    }
    return aliases;
  }

  private void warnOfUnknown(TomlTable table, Set<String> known, String of) {
    for (String key : table.keySet()) {
      if (!known.contains(key)) {
        LOG.warn("{}: unknown key {} of {} is ignored", file, key, of);
      }
    }
  }

  private static String text(TomlTable table, String key) {
    String value = table.getString(List.of(key));
    return value == null ? "" : value.replaceAll("/+$", "");
  }

  private static boolean flag(TomlTable table, String key) {
    return Boolean.TRUE.equals(table.getBoolean(List.of(key)));
  }

  private OciException bad(@Nullable TomlPosition position, String why) {
    String where = position == null ? "" : " line " + position.line();
    return new OciException(OciException.Kind.FAILED_PRECONDITION, file + where + ": " + why);
  }
}
