package io.jcri.cni;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.jcri.cni.PodCidrs.Cidr;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The network of a node to which nobody has brought one: a bridge and host-local addresses, with
 * port mapping and bandwidth limits for the pods that ask for them. Masquerading is not the bridge
 * plugin's (it would run iptables several times for each pod) but one rule, see {@link Masquerade}.
 */
final class DefaultNetwork {
  private static final Logger log = LoggerFactory.getLogger(DefaultNetwork.class);

  static final String FILE_NAME = "10-jcri-bridge.conflist";
  static final String GENERATED_NOTE =
      "jcri, from the node's pod CIDR; it goes away when another configuration arrives;"
          + " remove this key to keep your own changes";

  private static final String TEMPORARY = "." + FILE_NAME + ".";
  private static final Duration LEFTOVER_AGE = Duration.ofMinutes(1);
  private static final Duration WRITING = Duration.ofSeconds(3);
  private static final String NETWORK_NAME = "jcri";

  private final CniSettings settings;
  private final PluginRunner runner;
  private final ResultCache cache;
  private final Path file;

  DefaultNetwork(CniSettings settings, PluginRunner runner, ResultCache cache) {
    this.settings = settings;
    this.runner = runner;
    this.cache = cache;
    file = settings.confDir().resolve(FILE_NAME);
  }

  /** Makes the file say what the pod CIDR asks for; does nothing when it does already. */
  void write(PodCidrs cidrs) throws IOException {
    JsonObject wanted = configuration(cidrs);
    if (Files.exists(file)) {
      if (!ours() || says(wanted)) {
        return;
      }
    }
    Files.createDirectories(settings.confDir());
    removeLeftovers();
    // A name of its own: daemons that share the directory write at the same time.
    Path temporary = Files.createTempFile(settings.confDir(), TEMPORARY, ".tmp");
    try {
      Files.writeString(temporary, Json.writePretty(wanted));
      Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rw-r--r--"));
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /** Of daemons that ended while they wrote; a young one may be in the making. */
  private void removeLeftovers() throws IOException {
    Instant old = Instant.now().minus(LEFTOVER_AGE);
    try (DirectoryStream<Path> left =
        Files.newDirectoryStream(settings.confDir(), TEMPORARY + "*.tmp")) {
      for (Path temporary : left) {
        if (Files.getLastModifiedTime(temporary).toInstant().isBefore(old)) {
          Files.deleteIfExists(temporary);
        }
      }
    } catch (NoSuchFileException e) {
      // another daemon was faster
    }
  }

  /** Removes the file if it is still ours, or torn. */
  void remove() throws IOException {
    if (Files.exists(file) && ours()) {
      Files.deleteIfExists(file);
    }
  }

  /** What has lost our mark was made its own by the node's administrator; what is torn was not. */
  private boolean ours() throws IOException {
    try {
      return Json.read(file).has(NetworkParser.GENERATED_KEY);
    } catch (NoSuchFileException e) {
      return true;
    } catch (Json.MalformedJsonException e) {
      return settled(file);
    }
  }

  private boolean says(JsonObject wanted) throws IOException {
    try {
      return Json.read(file).equals(wanted);
    } catch (NoSuchFileException | Json.MalformedJsonException e) {
      return false;
    }
  }

  /** Whether nobody writes the file just now: an editor may have it half done for a moment. */
  static boolean settled(Path file) {
    try {
      Instant written = Files.getLastModifiedTime(file).toInstant();
      return Duration.between(written, Instant.now()).abs().compareTo(WRITING) >= 0;
    } catch (IOException e) {
      return true;
    }
  }

  /** The subnets of a network that was generated. */
  static List<Cidr> subnets(Network network) {
    List<Cidr> subnets = new ArrayList<>();
    for (Plugin plugin : network.plugins()) {
      if (Json.object(plugin.config(), "ipam").orElseGet(JsonObject::new).get("ranges")
          instanceof JsonArray sets) {
        for (JsonElement set : sets) {
          JsonObject holder = new JsonObject();
          holder.add("ranges", set);
          for (JsonObject range : Json.objects(holder, "ranges")) {
            Json.string(range, "subnet")
                .ifPresent(text -> subnets.add(new Cidr(text, text.contains(":"))));
          }
        }
      }
    }
    return subnets;
  }

  /**
   * Where addresses are written down: on a tmpfs, since a power cut leaves those of pods that had
   * just started empty on a disk, and then nothing can give them back. A version before kept them
   * on disk; as long as a pod of its lives, that stays the place, or it would not be known that the
   * pod's address is taken.
   */
  private Path leases() {
    Path ours = settings.leaseDir();
    try {
      return cache.all().stream()
          .filter(entry -> entry.network().generated() && entry.isInUse())
          .flatMap(entry -> HostLocal.directory(entry.network()).stream())
          .filter(used -> !used.equals(ours))
          .findFirst()
          .orElse(ours);
    } catch (CniException e) {
      log.warn(
          "where pods of an earlier version have their addresses is not known: {}", e.getMessage());
      return ours;
    }
  }

  private JsonObject configuration(PodCidrs cidrs) {
    JsonArray ranges = new JsonArray();
    JsonArray routes = new JsonArray();
    for (Cidr cidr : cidrs.ranges()) {
      JsonObject range = new JsonObject();
      range.addProperty("subnet", cidr.text());
      JsonArray set = new JsonArray();
      set.add(range);
      ranges.add(set);
      JsonObject route = new JsonObject();
      route.addProperty("dst", cidr.ipv6() ? "::/0" : "0.0.0.0/0");
      if (!routes.contains(route)) {
        routes.add(route);
      }
    }
    JsonObject ipam = new JsonObject();
    ipam.addProperty("type", "host-local");
    ipam.add("ranges", ranges);
    ipam.add("routes", routes);
    ipam.addProperty("dataDir", leases().toString());
    JsonObject bridge = new JsonObject();
    bridge.addProperty("type", "bridge");
    bridge.addProperty("bridge", settings.bridgeName());
    bridge.addProperty("isGateway", true);
    bridge.addProperty("ipMasq", false);
    bridge.addProperty("hairpinMode", true);
    // A node that joins anew has another pod CIDR; the bridge is still there, and without this the
    // plugin refuses every pod because of its old address.
    bridge.addProperty("forceAddress", true);
    bridge.add("ipam", ipam);

    JsonArray plugins = new JsonArray();
    plugins.add(bridge);
    JsonObject portmap = capabilityPlugin("portmap", "portMappings");
    portmap.addProperty("snat", true);
    plugins.add(portmap);
    // Not part of every set of plugins; a name without a binary would make the network not ready.
    if (runner.find("bandwidth").isPresent()) {
      plugins.add(capabilityPlugin("bandwidth", "bandwidth"));
    }
    JsonObject list = new JsonObject();
    list.addProperty("cniVersion", CniVersion.V1_0_0.toString());
    list.addProperty("name", NETWORK_NAME);
    list.addProperty(NetworkParser.GENERATED_KEY, GENERATED_NOTE);
    list.add("plugins", plugins);
    return list;
  }

  private static JsonObject capabilityPlugin(String type, String capability) {
    JsonObject capabilities = new JsonObject();
    capabilities.addProperty(capability, true);
    JsonObject plugin = new JsonObject();
    plugin.addProperty("type", type);
    plugin.add("capabilities", capabilities);
    return plugin;
  }
}
