package io.jcri.oci.manifest;

import io.jcri.oci.Json;
import java.util.Locale;
import java.util.Optional;

/**
 * An operating system and a CPU, in Go's names (OCI image-spec, image-index.md, "platform").
 *
 * @param variant of the CPU, such as {@code v8} of arm64 or {@code v3} of amd64
 */
public record Platform(
    String os,
    String architecture,
    Optional<String> variant,
    @Json.Name("os.version") Optional<String> osVersion) {

  /**
   * The level of a variant that is not understood: above every CPU, so it is never chosen by
   * chance.
   */
  private static final int NEVER = 1_000_000;

  public Platform(String os, String architecture) {
    this(os, architecture, Optional.empty(), Optional.empty());
  }

  public Platform(String os, String architecture, String variant) {
    this(os, architecture, Optional.of(variant), Optional.empty());
  }

  /**
   * What this node runs: Linux on the best variant that its CPU has. Reads {@code /proc/cpuinfo}
   * once.
   */
  public static Platform host() {
    return HostPlatform.get();
  }

  /**
   * How well an image for the other platform runs on this one: 0 is best, higher is less fit,
   * negative is not at all. A CPU runs images for the lower variants of its architecture.
   */
  int rank(Platform image) {
    if (!os.equals(image.os) || !canonicalArchitecture().equals(image.canonicalArchitecture())) {
      return -1;
    }
    int mine = level();
    int theirs = image.level();
    return theirs > mine ? -1 : mine - theirs;
  }

  /** Whether an image built for the other platform runs here. */
  public boolean runs(Platform image) {
    return rank(image) >= 0;
  }

  @Override
  public String toString() {
    return os + "/" + architecture + variant.filter(v -> !v.isEmpty()).map(v -> "/" + v).orElse("");
  }

  private String canonicalArchitecture() {
    return switch (architecture.toLowerCase(Locale.ROOT)) {
      case "x86_64", "x86-64" -> "amd64";
      case "aarch64" -> "arm64";
      case "armhf", "armel" -> "arm";
      case "i386", "i686" -> "386";
      default -> architecture.toLowerCase(Locale.ROOT);
    };
  }

  /** The variant as a number; each architecture has its own meaning of none. */
  private int level() {
    int none =
        switch (canonicalArchitecture()) {
          case "amd64" -> 1;
          case "arm64" -> 8;
          case "arm" -> architecture.toLowerCase(Locale.ROOT).equals("armel") ? 6 : 7;
          default -> 0;
        };
    String text = variant.orElse("");
    String digits = text.startsWith("v") ? text.substring(1) : text;
    // arm64 has v8.1, v9.2 and so on; the part behind the point does not decide who can run what.
    int point = digits.indexOf('.');
    String major = point < 0 ? digits : digits.substring(0, point);
    boolean number =
        !major.isEmpty() && major.length() < 4 && major.chars().allMatch(Character::isDigit);
    if (number) {
      return Integer.parseInt(major);
    }
    return text.isEmpty() ? none : NEVER;
  }
}
