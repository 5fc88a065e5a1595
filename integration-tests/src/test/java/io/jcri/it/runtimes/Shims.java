package io.jcri.it.runtimes;

import io.jcri.it.kit.Tools;
import java.nio.file.Path;
import java.util.Optional;

/** Shims of containerd's kind. A test that needs one is {@code @EnabledIf} that it is available. */
final class Shims {
  private static final Optional<Path> RUNC = Tools.containerdShim();

  private static final Optional<Path> SANDBOX = Tools.sandboxShim();

  private static final Optional<Path> KATA = Tools.kataShim();

  private Shims() {}

  /** Whether there is containerd's own for runc, or it could be built. */
  static boolean runcAvailable() {
    return RUNC.isPresent();
  }

  static Path runc() {
    return RUNC.orElseThrow();
  }

  /** Whether there is containerd 1.7's for runc, or it could be built. */
  static boolean sandboxAvailable() {
    return SANDBOX.isPresent();
  }

  /** The one for runc that has the sandbox API. */
  static Path sandbox() {
    return SANDBOX.orElseThrow();
  }

  /** Whether there is that of Kata Containers, or it could be built. */
  static boolean kataAvailable() {
    return KATA.isPresent();
  }

  static Path kata() {
    return KATA.orElseThrow();
  }

  /** Whether there is gVisor's, or it could be built. */
  static boolean gvisorAvailable() {
    return Gvisor.available();
  }
}
