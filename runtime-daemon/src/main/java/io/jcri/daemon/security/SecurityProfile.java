package io.jcri.daemon.security;

/**
 * {@code SecurityProfile}: a seccomp or AppArmor profile by kind.
 *
 * @param localhostRef the file's path (seccomp) or the loaded profile's name (AppArmor), empty
 *     unless the type is LOCALHOST
 */
public record SecurityProfile(Type type, String localhostRef) {

  /** Where the profile comes from. */
  public enum Type {
    RUNTIME_DEFAULT,
    UNCONFINED,
    LOCALHOST
  }
}
