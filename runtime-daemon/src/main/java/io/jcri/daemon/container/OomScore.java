package io.jcri.daemon.container;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The badness bias that a container can really get: without CAP_SYS_RESOURCE nobody may go below
 * the daemon's own, and the OCI runtime would fail the start instead of doing what it can.
 */
final class OomScore {
  private static final Logger log = LoggerFactory.getLogger(OomScore.class);
  private static final Path OWN = Path.of("/proc/self/oom_score_adj");
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final int CAP_SYS_RESOURCE = 24;
  private static final int FLOOR = floor();

  private OomScore() {}

  static int clamp(int wanted) {
    return Math.max(wanted, FLOOR);
  }

  private static int floor() {
    try {
      for (String line : Files.readAllLines(STATUS)) {
        if (line.startsWith("CapEff:")) {
          long effective =
              Long.parseUnsignedLong(line.substring(line.indexOf(':') + 1).strip(), 16);
          if ((effective >> CAP_SYS_RESOURCE & 1) == 1) {
            return -1000;
          }
        }
      }
      int own = Integer.parseInt(Files.readString(OWN).strip());
      log.info("without CAP_SYS_RESOURCE no container gets an oom_score_adj below {}", own);
      return own;
    } catch (IOException | NumberFormatException e) {
      log.warn("cannot read this process's own oom_score_adj: {}", e.getMessage());
      return 0;
    }
  }
}
