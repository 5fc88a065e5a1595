package io.jcri.it.runtimes;

import io.jcri.it.kit.Tools;
import java.nio.file.Path;
import java.util.Optional;

/** gVisor's program. A test that needs it is {@code @EnabledIf} that {@link #available}. */
final class Gvisor {
  private static final Optional<Path> PROGRAM = Tools.runsc();

  private Gvisor() {}

  /** Whether there is one, or it could be built. */
  static boolean available() {
    return PROGRAM.isPresent();
  }

  static Path program() {
    return PROGRAM.orElseThrow();
  }
}
