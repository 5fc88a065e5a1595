package io.jcri.daemon.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantityTest {
  @ParameterizedTest
  @CsvSource({
    "4096, 4096",
    "1k, 1000",
    "128Mi, 134217728",
    "2Gi, 2147483648",
    "3M, 3000000",
    "' 1Ki ', 1024",
    "9223372036854775807, 9223372036854775807"
  })
  void bytesAreCounted(String text, long bytes) {
    assertThat(Quantity.bytes(text)).contains(bytes);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0",
        "0Mi",
        "-1",
        "1.5Mi",
        "1m",
        "Mi",
        "1 Mi",
        "9223372036854775808",
        "9000000Ti"
      })
  void nothingElseIsAQuantity(String text) {
    assertThat(Quantity.bytes(text)).isEmpty();
  }
}
