package io.jcri.daemon.runtime;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An OCI runtime's program by what it tells of itself, and by what the distribution tells of it.
 *
 * @param name the program's own name, whatever its file is called
 * @param number its version as a person reads it
 * @param version the same of a runtime that counts its releases; else {@link
 *     RuntimeVersion#UNKNOWN}
 * @param distribution the version of the package that it is from, looked for only when the release
 *     alone would be warned of
 * @param escapes what it is open to, as the end of a sentence
 */
record FoundRuntime(
    String name,
    String number,
    RuntimeVersion version,
    Optional<String> distribution,
    Optional<String> escapes) {
  private static final Logger log = LoggerFactory.getLogger(FoundRuntime.class);

  static final FoundRuntime UNKNOWN =
      new FoundRuntime(RuntimeVersion.UNKNOWN, Optional.empty(), Optional.empty());

  /** {@code jcri-task over containerd-shim-runsc-v1 release-20260105.0}. */
  private static final Pattern SHIM = Pattern.compile("jcri-task over (\\S+)(?: (.+))?");

  private FoundRuntime(
      RuntimeVersion version, Optional<String> distribution, Optional<String> escapes) {
    this(version.name(), version.number(), version, distribution, escapes);
  }

  /** A shim by what the adapter tells of it; nothing is known of what it is open to. */
  static FoundRuntime ofShim(String line) {
    Matcher told = SHIM.matcher(line);
    return told.matches()
        ? new FoundRuntime(
            told.group(1),
            Objects.requireNonNullElse(told.group(2), ""),
            RuntimeVersion.UNKNOWN,
            Optional.empty(),
            Optional.empty())
        : UNKNOWN;
  }

  static FoundRuntime of(RuntimeVersion version, Path program) {
    return of(version, program, DpkgDatabase.OF_HOST);
  }

  static FoundRuntime of(RuntimeVersion version, Path program, DpkgDatabase packages) {
    Optional<String> escapes = KnownEscapes.of(version);
    if (escapes.isEmpty()) {
      return new FoundRuntime(version, Optional.empty(), escapes);
    }
    Optional<String> built = Optional.empty();
    try {
      built = packages.versionOf(version.name(), program);
    } catch (IOException e) {
      log.debug("package of {} can't be found: {}", program, e.toString());
    }
    boolean mended = built.filter(text -> KnownEscapes.mended(version, text)).isPresent();
    return new FoundRuntime(version, built, mended ? Optional.empty() : escapes);
  }
}
