package io.jcri.daemon.runtime;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Ways out of a container that are known of releases of an OCI runtime, and where they were closed.
 *
 * @param runtime the program's own name
 * @param names of the holes
 * @param fixes the first good release of each line that has one, oldest first
 */
record KnownEscapes(String runtime, String names, List<RuntimeVersion> fixes) {
  private static final List<KnownEscapes> ALL =
      List.of(
          known("runc", "CVE-2024-21626", "1.1.12"),
          known(
              "runc",
              "CVE-2025-31133, CVE-2025-52565 and CVE-2025-52881",
              "1.2.8",
              "1.3.3",
              "1.4.0-rc.3"),
          known("crun", "CVE-2025-24965", "1.20"));

  /** Builds into which a distribution has taken the fixes; later ones of the same source too. */
  private static final List<DebianVersion> MENDED =
      Stream.of("1.1.5+ds1-1+deb12u1", "1.1.15+ds1-2+deb13u1").map(DebianVersion::parse).toList();

  private static KnownEscapes known(String runtime, String names, String... fixes) {
    return new KnownEscapes(
        runtime,
        names,
        Stream.of(fixes).map(fix -> RuntimeVersion.parse(runtime + " version " + fix)).toList());
  }

  /**
   * Says what a release is open to, as the end of a sentence that begins with the runtime; empty
   * when nothing is known.
   */
  static Optional<String> of(RuntimeVersion version) {
    List<KnownEscapes> open =
        ALL.stream().filter(escapes -> escapes.runtime().equals(version.name())).toList();
    String told =
        open.stream()
            .filter(escapes -> escapes.open(version))
            .map(escapes ->
                "%s (fixed in %s)"
                    .formatted(
                        escapes.names(),
                        escapes.fixes().stream()
                            .map(RuntimeVersion::number)
                            .collect(Collectors.joining(", "))))
            .collect(Collectors.joining(", "));
    return told.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "is version %s, whose release has known container escapes: %s"
                .formatted(version.number(), told));
  }

  private boolean open(RuntimeVersion version) {
    return !version.atLeast(fixes.getLast())
        && fixes.stream().noneMatch(fix -> fix.sameLine(version) && version.atLeast(fix));
  }

  /** Whether a distribution's package of runc has the fixes that its release lacks. */
  static boolean mended(RuntimeVersion version, String packageVersion) {
    DebianVersion built = DebianVersion.parse(packageVersion);
    return version.name().equals("runc")
        && MENDED.stream()
            .anyMatch(mended ->
                mended.upstream().equals(built.upstream())
                    && DebianVersion.compare(built.revision(), mended.revision()) >= 0);
  }
}
