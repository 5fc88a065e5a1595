package io.jcri.daemon.pod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.daemon.core.JcriException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BandwidthsTest {
  private static final String INGRESS = "kubernetes.io/ingress-bandwidth";

  @ParameterizedTest
  @CsvSource({
    "1000,1000",
    "10k,10000",
    "10M,10000000",
    "1Gi,1073741824",
    "1.5M,1500000",
    "1P,1000000000000000"
  })
  void quantities(String text, long bits) {
    assertThat(Bandwidths.of(Map.of(INGRESS, text)).orElseThrow().ingressRate()).isEqualTo(bits);
  }

  @Test
  void noneMeansNone() {
    assertThat(Bandwidths.of(Map.of("other", "x"))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "M", "ten", "10Q", "1.0000000001k", "-10M"})
  void whatIsNoQuantityIsNamed(String text) {
    assertThatThrownBy(() -> Bandwidths.of(Map.of(INGRESS, text)))
        .isInstanceOf(JcriException.class)
        .hasMessageContaining(INGRESS)
        .hasMessageContaining("\"" + text + "\"");
  }
}
