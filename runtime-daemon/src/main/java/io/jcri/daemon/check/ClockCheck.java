package io.jcri.daemon.check;

import io.jcri.sandbox.linux.Linux;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;

/** Whether the time is right: certificates, tokens and the ages of pods go by it. */
final class ClockCheck implements Check {
  /** No node with this program has ever lived before. */
  private static final int FIRST_YEAR = 2025;

  @Override
  public String about() {
    return "clock";
  }

  @Override
  public List<Finding> look(CheckedNode node) throws IOException {
    return List.of(judge(Clock.systemUTC().instant(), Linux.get().clockIsSynchronised()));
  }

  static Finding judge(Instant now, boolean synchronised) {
    String remedy = "Let it be set: apt install systemd-timesyncd && timedatectl set-ntp true";
    if (now.atZone(ZoneOffset.UTC).getYear() < FIRST_YEAR) {
      return Finding.fail("clock", now + ": registries' certificates are not valid yet", remedy);
    }
    return synchronised
        ? Finding.ok("clock", "is synchronised")
        : Finding.warn("clock", "nothing tells the kernel that it is synchronised", remedy);
  }
}
