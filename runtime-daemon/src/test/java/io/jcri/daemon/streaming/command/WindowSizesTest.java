package io.jcri.daemon.streaming.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.daemon.streaming.command.WindowSizes.Size;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WindowSizesTest {
  private static WindowSizes sizes(String text) {
    return new WindowSizes(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void oneAfterTheOther() throws IOException {
    WindowSizes sizes =
        sizes(
            "{\"Width\":80,\"Height\":24}\n{\"Width\":65535,\"Height\":0} {\"Height\":1,\"Width\":2}");
    assertThat(sizes.next()).contains(new Size(80, 24));
    assertThat(sizes.next()).contains(new Size(65535, 0));
    assertThat(sizes.next()).contains(new Size(2, 1));
    assertThat(sizes.next()).isEmpty();
  }

  @Test
  void aSizeThatIsCutOffIsNone() throws IOException {
    assertThat(sizes("{\"Width\":80,").next()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "}",
        "garbage}",
        "[1,2]}",
        "{}",
        "{\"Width\":-1,\"Height\":1}",
        "{\"Width\":65536,\"Height\":1}",
        "{\"Width\":\"x\",\"Height\":1}",
        "{\"Width\":null,\"Height\":1}",
        "{\"Width\":[],\"Height\":1}",
        "{\"Width\":{\"a\":{}",
      })
  void whatIsNoSizeIsRefused(String text) {
    assertThatThrownBy(() -> sizes(text).next()).isInstanceOf(IOException.class);
  }

  @Test
  void aClientCannotFillTheMemory() {
    assertThatThrownBy(() -> sizes("{".repeat(5000)).next()).isInstanceOf(IOException.class);
  }
}
