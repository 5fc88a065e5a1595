package io.jcri.daemon.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RuntimeVersionTest {
  @ParameterizedTest
  @CsvSource({
    "runc version 1.0.3, true, true",
    "runc version 1.1.5+ds1, false, true",
    "runc version 1.2.7, false, true",
    "runc version 1.2.8, false, false",
    "runc version 1.3.2, false, true",
    "runc version 1.3.3, false, false",
    "runc version 1.4.0-rc.2, false, true",
    "runc version 1.4.0-rc.3, false, false",
    "runc version 1.4.0, false, false",
    "runc version 1.2.0-rc.1, false, true",
    "runc version 2.0.0, false, false",
    "crun version 0.21, true, true",
    "crun version 1.8.1, false, true",
    "crun version 1.20, false, false",
    "youki version 0.1.0, false, false",
    "no version at all, false, false"
  })
  void oldReleasesAreRefusedAndKnownHolesWarnedOf(String line, boolean refused, boolean warned) {
    RuntimeVersion version = RuntimeVersion.parse(line);
    assertThat(version.refusal().isPresent()).isEqualTo(refused);
    assertThat(KnownEscapes.of(version).isPresent()).isEqualTo(warned);
  }

  @Test
  void aColonBeforeTheNumberIsYoukis() {
    RuntimeVersion version = RuntimeVersion.parse("youki version: 0.7.0\ncommit: 0.7.0-abc\n");
    assertThat(version.name() + " " + version.number()).isEqualTo("youki 0.7.0");
  }
}
