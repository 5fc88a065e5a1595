package io.jcri.daemon.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What confines containers that name no profile of their own.
 *
 * @param seccomp a file that stands for RuntimeDefault, instead of jcri's own profile
 * @param privilegedSeccomp a file for privileged containers, which have no profile otherwise
 * @param apparmor the name of a loaded profile that stands for RuntimeDefault, instead of jcri's
 *     own
 * @param privilegedApparmor likewise for privileged containers, which have none otherwise
 */
public record Profiles(
    Optional<Path> seccomp,
    Optional<Path> privilegedSeccomp,
    Optional<String> apparmor,
    Optional<String> privilegedApparmor) {
  /** What an empty file means. */
  public static final Profiles OWN =
      new Profiles(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
}
