package io.jcri.daemon.security;

/**
 * Two SELinux labels that belong together, each {@code user:role:type:level}.
 *
 * @param process of the processes; empty leaves what the policy makes of them
 * @param mount of the files that they may use
 */
public record SelinuxLabels(String process, String mount) {
  /** The level, which keeps pods of the same type apart; empty when there is none. */
  String level() {
    return Selinux.part(mount, 3);
  }
}
