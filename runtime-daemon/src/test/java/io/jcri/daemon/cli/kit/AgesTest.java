package io.jcri.daemon.cli.kit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class AgesTest {
  private static final Instant NOW = Instant.parse("2026-11-30T10:00:00Z");

  private static String ago(String duration) {
    return Ages.of(NOW.minus(Duration.parse(duration)), NOW);
  }

  @Test
  void agesHaveTheirTwoLargestUnits() {
    assertThat(ago("PT5.9S")).isEqualTo("5s");
    assertThat(ago("PT3M12S")).isEqualTo("3m12s");
    assertThat(ago("PT47H59M")).isEqualTo("47h59m");
    assertThat(ago("P12DT5H")).isEqualTo("12d");
    assertThat(ago("-PT5S")).isEqualTo("0s");
  }
}
