package io.jcri.daemon.check;

import java.nio.file.Path;

/** How sockets are named to those who connect. */
final class Endpoints {
  private Endpoints() {}

  /** The file of {@code unix:///run/x.sock} and of a bare path; /var/run is /run. */
  static Path path(String endpoint) {
    String path = endpoint.strip().replaceFirst("^unix:(//)?", "");
    return Path.of(path.replace('\0', ' ').replaceFirst("^/var/run/", "/run/"));
  }
}
