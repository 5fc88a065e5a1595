package io.jcri.daemon.container;

import io.jcri.daemon.core.JcriException;
import io.jcri.oci.spec.ContainerMount;
import io.jcri.sandbox.linux.Errno;
import io.jcri.sandbox.linux.ErrnoException;
import io.jcri.sandbox.linux.Fd;
import io.jcri.sandbox.linux.OpenFlags;
import io.jcri.sandbox.linux.Syscalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The time zone that containers find in /etc/localtime, where C libraries, Go and Java look unless
 * TZ says another.
 *
 * <p>Thread-safe.
 */
final class TimeZones {
  static final String PLACE = "/etc/localtime";

  /** The node's own zone, whatever that is by then. */
  private static final String LOCAL = "Local";

  private final Syscalls calls;
  private final Supplier<Optional<String>> zone;
  private final Path root;

  /**
   * For all containers.
   *
   * @param zone of the day; {@code Local} or a name of the IANA's
   * @param root of the tree that has the node's zones, {@code /} but in tests
   */
  TimeZones(Syscalls calls, Supplier<Optional<String>> zone, Path root) {
    this.calls = calls;
    this.zone = zone;
    this.root = root;
  }

  /**
   * Takes the image's link at this place away, where a zone is to be mounted: images have
   * /etc/localtime lead to the file of UTC, which the mount would cover for whoever asks for UTC by
   * its name.
   *
   * @param rootfs writable, and nothing of it runs; its links are not trusted
   */
  void makeRoom(Path rootfs) throws IOException {
    if (zone.get().isEmpty()) {
      return;
    }
    try (Fd top = calls.open(rootfs.toString(), OpenFlags.PATH | OpenFlags.DIRECTORY, 0);
        Fd etc =
            calls.openat2(
                top, "etc", OpenFlags.PATH | OpenFlags.DIRECTORY, 0, OpenFlags.RESOLVE_HOSTILE)) {
      Path place = Path.of(etc.procPath()).resolve("localtime");
      if (Files.isSymbolicLink(place)) {
        Files.delete(place);
      }
    } catch (ErrnoException e) {
      if (!e.is(Errno.ENOENT, Errno.ENOTDIR, Errno.ELOOP)) {
        throw e;
      }
    }
  }

  /**
   * The mount; none when the node has no zone of its own, which is UTC.
   *
   * @throws JcriException FAILED_PRECONDITION when the node does not know the zone
   */
  Optional<ContainerMount> mount() throws IOException {
    Optional<String> name = zone.get();
    if (name.isEmpty()) {
      return Optional.empty();
    }
    boolean local = name.get().equals(LOCAL);
    Path file = root.resolve(local ? "etc/localtime" : "usr/share/zoneinfo/" + name.get());
    if (local && !Files.exists(file)) {
      return Optional.empty();
    }
    if (!Files.isRegularFile(file)) {
      throw JcriException.precondition(
          "containers.timezone is %s, and this node has no %s".formatted(name.get(), file));
    }
    return Optional.of(ContainerMount.bind(file.toRealPath().toString(), PLACE, true));
  }
}
