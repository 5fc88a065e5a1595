package io.jcri.daemon.node;

import io.jcri.sandbox.cgroup.SystemdScopes;
import io.jcri.sandbox.linux.Reasons;
import io.jcri.shim.ShimHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A scope of systemd's for shims, beside the daemon's service: in the service's own group systemd
 * would warn of them as left-over processes at each start of the daemon. The scope is there as long
 * as there are shims; the first one makes it. Thread-safe.
 */
final class ShimScope implements ShimHome {
  private static final Logger log = LoggerFactory.getLogger(ShimScope.class);

  private static final String SERVICE = ".service";

  private final SystemdScopes scopes;
  private final String slice;
  private final String name;
  private final Path directory;

  /** Of a daemon whose cgroup, by /proc/self/cgroup of version 2, is that of a service. */
  static ShimHome beside(String cgroup, Path mount, SystemdScopes scopes) {
    Path own = Path.of(cgroup);
    Path slice = own.getParent();
    String service = String.valueOf(own.getFileName());
    if (slice == null || !service.endsWith(SERVICE)) {
      return NONE;
    }
    String scope = service.substring(0, service.length() - SERVICE.length()) + "-shims.scope";
    return new ShimScope(
        scopes,
        String.valueOf(slice.getFileName()),
        scope,
        Path.of(mount + slice.toString()).resolve(scope));
  }

  private ShimScope(SystemdScopes scopes, String slice, String name, Path directory) {
    this.scopes = scopes;
    this.slice = slice;
    this.name = name;
    this.directory = directory;
  }

  @Override
  public Optional<Path> cgroup() {
    return Files.isDirectory(directory) ? Optional.of(directory) : Optional.empty();
  }

  @Override
  public synchronized void take(int pid) {
    try {
      if (Files.isDirectory(directory)) { // another one was first
        Files.writeString(directory.resolve("cgroup.procs"), Integer.toString(pid));
      } else {
        scopes.startService(name, slice, pid, "jcri's shims");
      }
    } catch (IOException e) {
      log.debug("shim {} stays in the daemon's own cgroup: {}", pid, Reasons.of(e));
    }
  }
}
