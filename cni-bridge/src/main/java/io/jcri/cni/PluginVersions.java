package io.jcri.cni;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Settles the version in which a network's plugins are spoken to. A configuration for 1.1.0 on
 * plugins that end at 1.0.0 is run in 1.0.0 (the two differ in verbs and optional keys only), where
 * libcni would fail every pod. Older configurations are not probed: their plugins answer
 * themselves. What a binary answers is kept until the file changes. Thread-safe.
 */
final class PluginVersions {
  private static final Logger log = LoggerFactory.getLogger(PluginVersions.class);
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private record Binary(Path path, Object fileKey, Object modified, long size) {}

  private final PluginRunner runner;
  private final Map<Binary, Set<CniVersion>> known = new ConcurrentHashMap<>();

  PluginVersions(PluginRunner runner) {
    this.runner = runner;
  }

  Network negotiate(Network network) {
    if (!network.version().hasStatusAndGc()) {
      return network;
    }
    Set<CniVersion> common = EnumSet.allOf(CniVersion.class);
    for (Plugin plugin : network.plugins()) {
      common.retainAll(supported(network, plugin));
    }
    // Not below 1.0.0: from there on results change their shape, and the operator did not ask so.
    return Arrays.asList(CniVersion.V1_1_0, CniVersion.V1_0_0).stream()
        .filter(common::contains)
        .findFirst()
        .map(network::withVersion)
        .orElse(network);
  }

  private Set<CniVersion> supported(Network network, Plugin plugin) {
    Optional<Path> path = runner.find(plugin.type());
    Set<CniVersion> all = EnumSet.allOf(CniVersion.class);
    if (path.isEmpty()) {
      return all;
    }
    try {
      BasicFileAttributes file = Files.readAttributes(path.get(), BasicFileAttributes.class);
      Binary binary =
          new Binary(
              path.get(), String.valueOf(file.fileKey()), file.lastModifiedTime(), file.size());
      Set<CniVersion> cached = known.get(binary);
      if (cached == null) {
        cached = probe(network, plugin);
        known.put(binary, cached);
      }
      return cached;
    } catch (IOException e) {
      // The verb that follows fails with the reason, or works; either is better than a guess here.
      log.warn("cannot ask for CNI versions: {}", e.getMessage());
      return all;
    }
  }

  private Set<CniVersion> probe(Network network, Plugin plugin) throws IOException {
    JsonObject question = new JsonObject();
    question.addProperty("cniVersion", CniVersion.newest().toString());
    String answer = runner.run("VERSION", network, plugin, question, TIMEOUT);
    Set<CniVersion> versions = EnumSet.noneOf(CniVersion.class);
    if (Json.parseObject(answer).get("supportedVersions") instanceof JsonArray array) {
      for (JsonElement element : array) {
        if (element.isJsonPrimitive()) {
          CniVersion.parse(element.getAsString()).ifPresent(versions::add);
        }
      }
    }
    return versions;
  }
}
