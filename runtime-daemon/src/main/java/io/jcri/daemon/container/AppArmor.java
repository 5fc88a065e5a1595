package io.jcri.daemon.container;

import io.jcri.daemon.JcriException;
import io.jcri.daemon.pod.SecurityProfile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** AppArmor profiles: detected, never assumed. */
final class AppArmor {
  private static final Path ENABLED = Path.of("/sys/module/apparmor/parameters/enabled");
  private static final Path PROFILES = Path.of("/sys/kernel/security/apparmor/profiles");

  private AppArmor() {}

  /**
   * The profile to run under, or empty for none.
   *
   * @throws JcriException FAILED_PRECONDITION for a localhost profile that the kernel doesn't have
   */
  static Optional<String> profile(SecurityProfile wanted) {
    return switch (wanted.type()) {
      case UNCONFINED, RUNTIME_DEFAULT -> Optional.empty();
      case LOCALHOST -> {
        if (!enabled()) {
          throw JcriException.precondition(
              "AppArmor profile "
                  + wanted.localhostRef()
                  + " can't be applied: this node has no AppArmor");
        }
        if (!loaded(wanted.localhostRef())) {
          throw JcriException.precondition(
              "AppArmor profile " + wanted.localhostRef() + " is not loaded on this node");
        }
        yield Optional.of(wanted.localhostRef());
      }
    };
  }

  private static boolean enabled() {
    try {
      return Files.exists(ENABLED) && Files.readString(ENABLED).startsWith("Y");
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + ENABLED, e);
    }
  }

  /** Lines are {@code name (mode)}. */
  private static boolean loaded(String profile) {
    try {
      return Files.exists(PROFILES)
          && Files.readAllLines(PROFILES).stream()
              .anyMatch(line -> line.startsWith(profile + " ("));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + PROFILES, e);
    }
  }
}
