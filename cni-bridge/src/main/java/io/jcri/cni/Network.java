package io.jcri.cni;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.Set;

/**
 * A network: a name, a CNI version and a chain of plugins.
 *
 * @param name valid by the spec's rules
 * @param version the version its plugins are spoken to in
 * @param disableCheck the operator forbids CHECK
 * @param disableGc the operator forbids GC
 * @param generated it is our own default network
 * @param plugins in the order of ADD; never empty
 * @param origin the file it came from, for messages
 */
record Network(
    String name,
    CniVersion version,
    boolean disableCheck,
    boolean disableGc,
    boolean generated,
    List<Plugin> plugins,
    String origin) {
  Network {
    plugins = List.copyOf(plugins);
  }

  Network withVersion(CniVersion other) {
    return new Network(name, other, disableCheck, disableGc, generated, plugins, origin);
  }

  /** Whether a plugin of the chain maps ports. */
  boolean mapsPorts() {
    return plugins.stream()
        .anyMatch(plugin -> plugin.capabilities().contains(Attachment.PORT_MAPPINGS));
  }

  /**
   * The chain as it should run for a pod that uses these capabilities. In our own network a plugin
   * that exists for capabilities only, none of which is used, is left out: portmap without a port
   * costs 10 ms and does nothing. Chains that an operator wrote run as written.
   */
  Network forCapabilities(Set<String> used) {
    if (!generated) {
      return this;
    }
    List<Plugin> needed =
        plugins.stream()
            .filter(plugin ->
                plugin.capabilities().isEmpty()
                    || plugin.capabilities().stream().anyMatch(used::contains))
            .toList();
    return needed.isEmpty()
        ? this
        : new Network(name, version, disableCheck, disableGc, generated, needed, origin);
  }

  /** This network as a configuration list that reads back as the same network. */
  JsonObject toJson() {
    JsonObject list = new JsonObject();
    list.addProperty("cniVersion", version.toString());
    list.addProperty("name", name);
    if (disableCheck) {
      list.addProperty("disableCheck", true);
    }
    if (disableGc) {
      list.addProperty("disableGC", true);
    }
    if (generated) {
      list.addProperty(NetworkParser.GENERATED_KEY, DefaultNetwork.GENERATED_NOTE);
    }
    list.addProperty("loadOnlyInlinedPlugins", true);
    JsonArray array = new JsonArray();
    plugins.forEach(plugin -> array.add(plugin.config()));
    list.add("plugins", array);
    return list;
  }
}
