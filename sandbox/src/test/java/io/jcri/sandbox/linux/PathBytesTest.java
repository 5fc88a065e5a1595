package io.jcri.sandbox.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PathBytesTest {
  @Test
  void utf8IsReadable() {
    byte[] bytes = "größe/文件/😀".getBytes(StandardCharsets.UTF_8);
    assertThat(PathBytes.decode(bytes)).isEqualTo("größe/文件/😀");
    assertThat(PathBytes.encode("größe/文件/😀")).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "61ff62", // a byte that never occurs in UTF-8
        "c3", // cut short
        "f09f98", // cut short
        "c0af", // over-long
        "eda080", // an encoded surrogate
        "efbfbd", // the replacement character itself
        "efbfbdff", // and beside a bad byte
        "f4908080", // above U+10FFFF
        "f09f9880ff", // a bad byte after a pair of surrogates
        "e4b8ade4b8", // cut short after a good one
      })
  void everyByteSurvives(String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    assertThat(PathBytes.encode(PathBytes.decode(bytes))).isEqualTo(bytes);
  }

  @Test
  void randomBytesSurvive() {
    Random random = new Random(25);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = new byte[random.nextInt(12)];
      random.nextBytes(bytes);
      assertThat(PathBytes.encode(PathBytes.decode(bytes))).isEqualTo(bytes);
    }
  }
}
