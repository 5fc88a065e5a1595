package io.jcri.cni;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the plugin host-local has on disk: a file for each address that is taken, named by it, with
 * the container's ID and the interface in it ({@code plugins/ipam/host-local/backend/disk} of the
 * CNI plugins).
 *
 * <p>It does not sync them. After a power cut those of the last seconds are there and empty: DEL
 * and GC look for an ID in them and find none, so the address stays taken for good. It is free, but
 * only who knows the node can tell that for sure, so that the operator is told.
 */
final class HostLocal {
  private static final Logger log = LoggerFactory.getLogger(HostLocal.class);
  private static final String TYPE = "host-local";
  private static final Path USUAL_DIRECTORY = Path.of("/var/lib/cni/networks");

  /** An IPv4 or an IPv6 address; the others are a lock and notes on the last address. */
  private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|[0-9a-f:.]*:[0-9a-f:.]*");

  /** One that is being written is empty for a moment. */
  private static final Duration WRITING = Duration.ofMinutes(1);

  private HostLocal() {}

  /**
   * Where a network's addresses are, in a folder of its name; empty when other plugins give them.
   */
  static Optional<Path> directory(Network network) {
    for (Plugin plugin : network.plugins()) {
      Optional<JsonObject> ipam = Json.object(plugin.config(), "ipam");
      if (ipam.flatMap(json -> Json.string(json, "type")).orElse("").equals(TYPE)) {
        try {
          return Optional.of(
              ipam.flatMap(json -> Json.string(json, "dataDir"))
                  .filter(text -> !text.isEmpty())
                  .map(Path::of)
                  .orElse(USUAL_DIRECTORY));
        } catch (IllegalArgumentException e) {
          return Optional.empty(); // no path: the plugin refuses it as well
        }
      }
    }
    return Optional.empty();
  }

  /** The files of addresses that nothing can give back, by name. */
  static List<Path> lost(Network network) {
    Optional<Path> directory = directory(network).map(all -> all.resolve(network.name()));
    List<Path> lost = new ArrayList<>();
    if (directory.isPresent()) {
      Instant old = Instant.now().minus(WRITING);
      try (DirectoryStream<Path> files = Files.newDirectoryStream(directory.get())) {
        for (Path file : files) {
          if (isLost(file, old)) {
            lost.add(file);
          }
        }
      } catch (NoSuchFileException | NotDirectoryException none) {
        return List.of();
      } catch (IOException | DirectoryIteratorException e) {
        log.debug("addresses of network {} are not looked at: {}", network.name(), e.getMessage());
      }
    }
    lost.sort(null);
    return lost;
  }

  private static boolean isLost(Path file, Instant old) throws IOException {
    if (!ADDRESS.matcher(String.valueOf(file.getFileName())).matches()) {
      return false;
    }
    try {
      BasicFileAttributes attributes =
          Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      return attributes.isRegularFile()
          && attributes.size() == 0
          && attributes.lastModifiedTime().toInstant().isBefore(old);
    } catch (NoSuchFileException gone) {
      return false;
    }
  }
}
