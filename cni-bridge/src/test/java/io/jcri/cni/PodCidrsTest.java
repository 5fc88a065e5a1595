package io.jcri.cni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PodCidrsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "10.1.2.0/24;10.1.2.0/24",
        "10.1.2.3/23;10.1.2.0/23",
        "10.88.0.0/16, fd00:88::1/64;10.88.0.0/16 fd00:88:0:0:0:0:0:0/64",
        "fd00::/112;fd00:0:0:0:0:0:0:0/112",
      })
  void parsesAndMasksHostBits(String text, String expected) throws Exception {
    assertThat(PodCidrs.parse(text).ranges())
        .extracting(PodCidrs.Cidr::text)
        .containsExactly(expected.split(" ", -1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.1.2.0",
        "10.1.2.0/33",
        "10.1.2.0/31",
        "10.1.2.0/0",
        "x/24",
        "10.1/16/8",
        "fd00::/127",
        "10.1.2.0/24,",
        "10.1.2.0/-1",
        "host.example/24"
      })
  void refusesNamingTheText(String text) {
    assertThatThrownBy(() -> PodCidrs.parse(text))
        .isInstanceOfSatisfying(
            CniException.class, e -> assertThat(e.reason()).isEqualTo(CniException.Reason.INVALID))
        .hasMessageContaining(text);
  }
}
