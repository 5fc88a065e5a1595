package io.jcri.daemon.node;

import io.jcri.oci.OciException;
import io.jcri.oci.runtime.KernelVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What the kernel can do, of what jcri asks of it.
 *
 * @param overlay whether it has overlays, or a module for them
 * @param userNamespaces whether it was built with them
 * @param pressure whether it tells how long tasks wait for what they need
 */
public record KernelFacts(
    KernelVersion version, boolean overlay, boolean userNamespaces, boolean pressure) {
  /** mount_setattr(2), and with it the whole of the new mount calls. */
  private static final KernelVersion MOUNT_SETATTR = new KernelVersion(5, 12);

  private static final KernelVersion ID_MAPPED_OVERLAYS = new KernelVersion(5, 19);

  static KernelFacts read(Path root) throws IOException {
    Path release = root.resolve("proc/sys/kernel/osrelease");
    String text = Files.readString(release).strip();
    try {
      return new KernelFacts(
          KernelVersion.parse(text),
          loaded("overlay", root) || loadable("overlay", root.resolve("lib/modules").resolve(text)),
          Files.exists(root.resolve("proc/self/ns/user")),
          Files.exists(root.resolve("proc/pressure/cpu")));
    } catch (OciException e) {
      throw new IOException(release + ": " + e.getMessage(), e);
    }
  }

  /** Lines are {@code nodev overlay}, the first word only of those without a device. */
  private static boolean loaded(String fileSystem, Path root) throws IOException {
    return Files.readAllLines(root.resolve("proc/filesystems")).stream()
        .anyMatch(line -> line.substring(line.indexOf('\t') + 1).strip().equals(fileSystem));
  }

  /** The kernel loads it by itself with the first mount. */
  private static boolean loadable(String module, Path modules) {
    try (Stream<String> lines = Files.lines(modules.resolve("modules.dep"))) {
      return lines.anyMatch(line ->
          line.substring(0, line.indexOf(':') + 1).matches(".*/" + module + "\\.ko(\\.\\w+)?:"));
    } catch (IOException | UncheckedIOException e) {
      return false; // no modules, or a list that can't be read
    }
  }

  /** Mounts whose owners are mapped, and trees of mounts that are read-only as a whole. */
  public boolean mountAttributes() {
    return version.compareTo(MOUNT_SETATTR) >= 0;
  }

  /** Overlays over layers whose owners are mapped: root file systems in user namespaces. */
  public boolean idMappedOverlays() {
    return version.compareTo(ID_MAPPED_OVERLAYS) >= 0;
  }

  Map<String, Object> tree() {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("version", version.major() + "." + version.minor());
    tree.put("overlay", overlay);
    tree.put("mountAttributes", mountAttributes());
    tree.put("idMappedOverlays", idMappedOverlays());
    tree.put("userNamespaces", userNamespaces);
    tree.put("pressure", pressure);
    return tree;
  }
}
