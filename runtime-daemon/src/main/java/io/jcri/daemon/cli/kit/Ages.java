package io.jcri.daemon.cli.kit;

import java.time.Duration;
import java.time.Instant;

/** How long ago something was, for people: its two largest units, days alone. */
public final class Ages {
  private Ages() {}

  /** Such as {@code 5s}, {@code 3m12s}, {@code 2h5m}, {@code 12d}. */
  public static String of(Instant then, Instant now) {
    Duration age = Duration.between(then, now);
    if (age.isNegative()) {
      return "0s";
    }
    if (age.toDays() >= 2) {
      return age.toDays() + "d";
    }
    if (age.toHours() >= 1) {
      return age.toHours() + "h" + age.toMinutesPart() + "m";
    }
    return age.toMinutes() >= 1
        ? age.toMinutes() + "m" + age.toSecondsPart() + "s"
        : age.toSeconds() + "s";
  }
}
