package io.jcri.cni;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Makes networks of configuration lists ({@code .conflist}) and single configurations. */
final class NetworkParser {
  /** Marks the file that {@link DefaultNetwork} writes; without the key it is the operator's. */
  static final String GENERATED_KEY = "generatedBy";

  private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.\\-]*");

  private NetworkParser() {}

  /** A list, whose chain is its own plugins and then {@code folderPlugins}. */
  static Network parseList(JsonObject list, List<JsonObject> folderPlugins, String origin)
      throws InvalidNetworkException {
    String name = name(list);
    List<Plugin> plugins = new ArrayList<>();
    JsonElement inline = list.get("plugins");
    if (inline != null) {
      if (!(inline instanceof JsonArray array) || array.isEmpty()) {
        throw new InvalidNetworkException("plugins must be a list with at least one entry");
      }
      for (JsonElement element : array) {
        plugins.add(plugin(element, "plugins[" + plugins.size() + "]"));
      }
    }
    for (JsonObject config : folderPlugins) {
      plugins.add(plugin(config, "plugin " + plugins.size()));
    }
    if (plugins.isEmpty()) {
      throw new InvalidNetworkException("no plugins");
    }
    return new Network(
        name,
        version(list),
        flag(list, "disableCheck"),
        flag(list, "disableGC"),
        list.has(GENERATED_KEY),
        plugins,
        origin);
  }

  /** A single configuration ({@code .conf}, {@code .json}): a chain of one. */
  static Network parseSingle(JsonObject config, String origin) throws InvalidNetworkException {
    if (!config.has("type") && config.has("plugins")) {
      throw new InvalidNetworkException(
          "a list of plugins must be in a file whose name ends in .conflist");
    }
    return new Network(
        name(config),
        version(config),
        false,
        false,
        false,
        List.of(plugin(config, "the configuration")),
        origin);
  }

  /** Whether plugins in the directory named like the network belong to its chain (spec 1.1). */
  static boolean loadsFolder(JsonObject list) throws InvalidNetworkException {
    return !flag(list, "loadOnlyInlinedPlugins");
  }

  static String name(JsonObject config) throws InvalidNetworkException {
    String name =
        Json.string(config, "name")
            .orElseThrow(() -> new InvalidNetworkException("name is missing or not a string"));
    // The name becomes part of the path of the cached result.
    if (!NAME.matcher(name).matches()) {
      throw new InvalidNetworkException(
          "name %s must start with a letter or digit and hold only letters, digits, _ . and -"
              .formatted(name));
    }
    return name;
  }

  /**
   * The newest version that the configuration and we both speak; unstated means 0.1.0, as libcni
   * has it.
   */
  private static CniVersion version(JsonObject config) throws InvalidNetworkException {
    Set<String> offered = new TreeSet<>();
    if (config.has("cniVersion")) {
      offered.add(
          Json.string(config, "cniVersion")
              .orElseThrow(() -> new InvalidNetworkException("cniVersion is not a string")));
    }
    if (config.has("cniVersions")) {
      if (!(config.get("cniVersions") instanceof JsonArray array)) {
        throw new InvalidNetworkException("cniVersions is not a list");
      }
      for (JsonElement element : array) {
        if (!element.isJsonPrimitive()) {
          throw new InvalidNetworkException("cniVersions holds something other than strings");
        }
        offered.add(element.getAsString());
      }
    }
    offered.remove("");
    if (offered.isEmpty()) {
      return CniVersion.V0_1_0;
    }
    return offered.stream()
        .map(CniVersion::parse)
        .flatMap(Optional::stream)
        .max(CniVersion::compareTo)
        .orElseThrow(() ->
            new InvalidNetworkException(
                "CNI version %s is not supported, the newest that is: %s"
                    .formatted(String.join(", ", offered), CniVersion.newest())));
  }

  private static Plugin plugin(JsonElement element, String where) throws InvalidNetworkException {
    if (!(element instanceof JsonObject config)) {
      throw new InvalidNetworkException(where + " is not an object");
    }
    String type =
        Json.string(config, "type")
            .filter(text -> !text.isEmpty())
            .orElseThrow(() -> new InvalidNetworkException(where + " has no type"));
    // The type names a file in a plugin directory and must not lead out of it.
    if (type.indexOf('/') >= 0 || type.equals(".") || type.equals("..")) {
      throw new InvalidNetworkException(where + " has the invalid type " + type);
    }
    Set<String> capabilities = new TreeSet<>();
    Json.object(config, "capabilities")
        .ifPresent(declared ->
            declared
                .entrySet()
                .forEach(entry -> {
                  if (isTrue(entry.getValue())) {
                    capabilities.add(entry.getKey());
                  }
                }));
    return new Plugin(type, capabilities, config);
  }

  private static boolean isTrue(JsonElement element) {
    return element.isJsonPrimitive()
        && element.getAsJsonPrimitive().isBoolean()
        && element.getAsBoolean();
  }

  /** A boolean, or its name as a string: libcni takes both. */
  private static boolean flag(JsonObject config, String key) throws InvalidNetworkException {
    JsonElement element = config.get(key);
    if (element == null) {
      return false;
    }
    if (element.isJsonPrimitive()) {
      String text = element.getAsString().toLowerCase(Locale.ROOT);
      if (text.equals("true") || text.equals("false")) {
        return text.equals("true");
      }
    }
    throw new InvalidNetworkException(key + " must be true or false");
  }

  /** The configuration cannot be used; the message says why, without naming the file. */
  static final class InvalidNetworkException extends IOException {
    private static final long serialVersionUID = 1L;

    InvalidNetworkException(String message) {
      super(message);
    }
  }
}
