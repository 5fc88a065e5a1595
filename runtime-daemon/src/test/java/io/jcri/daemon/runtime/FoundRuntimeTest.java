package io.jcri.daemon.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FoundRuntimeTest {
  @TempDir Path root;

  private FoundRuntime found(String line, String built, String owned) throws IOException {
    Path program = Files.createFile(root.resolve("runc"));
    Path info = Files.createDirectories(root.resolve("dpkg/info"));
    Files.writeString(
        info.resolve("runc.list"), "/.\n" + owned.replace("PROGRAM", program.toString()) + "\n");
    Files.writeString(
        root.resolve("dpkg/status"),
        """
        Package: runc-doc
        Version: 9.9

        Package: runc
        Status: install ok installed
        Version: %s

        Package: zsh
        Version: 5.9
        """
            .formatted(built));
    return FoundRuntime.of(
        RuntimeVersion.parse(line), program, new DpkgDatabase(root.resolve("dpkg")));
  }

  @Test
  void aReleaseNamesItsHolesAndTheirFixes() throws IOException {
    assertThat(found("runc version 1.1.11", "1.0", "/elsewhere").escapes())
        .contains(
            "is version 1.1.11, whose release has known container escapes:"
                + " CVE-2024-21626 (fixed in 1.1.12),"
                + " CVE-2025-31133, CVE-2025-52565 and CVE-2025-52881"
                + " (fixed in 1.2.8, 1.3.3, 1.4.0-rc.3)");
    assertThat(KnownEscapes.of(RuntimeVersion.parse("runc version 1.1.12")))
        .hasValueSatisfying(why -> assertThat(why).doesNotContain("CVE-2024-21626"));
  }

  @ParameterizedTest
  @CsvSource({
    "1.1.5+ds1, 1.1.5+ds1-1, true",
    "1.1.5+ds1, 1.1.5+ds1-1+deb12u1, false",
    "1.1.5+ds1, 1.1.5+ds1-1+deb12u2, false",
    "1.1.5+ds1, 1.1.5+ds1-4, false",
    "1.1.15+ds1, 1.1.15+ds1-2, true",
    "1.1.15+ds1, 1.1.15+ds1-2+deb13u1, false",
    "1.1.15+ds1, 1.1.15+ds1-2+b4, true",
    "1.1.12, 1.1.12-1, true"
  })
  void aDistributionsMendedBuildIsNotWarnedOf(String version, String built, boolean warned)
      throws IOException {
    FoundRuntime found = found("runc version " + version, built, "PROGRAM");
    assertThat(found.escapes().isPresent()).isEqualTo(warned);
    assertThat(found.distribution()).contains(built);
  }

  @Test
  void aProgramThatIsNotThePackagesIsJudgedByItsRelease() throws IOException {
    FoundRuntime found = found("runc version 1.1.5+ds1", "1.1.5+ds1-1+deb12u1", "/usr/sbin/runc");
    assertThat(found.escapes()).isPresent();
    assertThat(found.distribution()).isEqualTo(Optional.empty());
  }

  @ParameterizedTest
  @CsvSource({"1, 1+deb12u1", "1~rc1, 1", "1+deb12u1, 1+deb12u10", "1+b4, 1+deb13u1", "2, 10"})
  void revisionsAreOrderedAsByDpkg(String older, String newer) {
    assertThat(DebianVersion.compare(older, newer)).isNegative();
    assertThat(DebianVersion.compare(newer, older)).isPositive();
    assertThat(DebianVersion.compare(newer, newer)).isZero();
  }
}
