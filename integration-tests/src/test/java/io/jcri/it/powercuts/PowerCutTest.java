package io.jcri.it.powercuts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** A dozen cuts; {@code make powercuts} makes more. */
class PowerCutTest {
  @Test
  void nothingThatWasPromisedIsLostAndNoByteIsWrong() throws Exception {
    ByteArrayOutputStream told = new ByteArrayOutputStream();
    boolean clean;
    try (PrintStream out = new PrintStream(told, true, StandardCharsets.UTF_8)) {
      clean = CutRun.run(new CutOptions(12, 4711, "ext4"), out);
    }
    assertThat(clean).as(told.toString(StandardCharsets.UTF_8)).isTrue();
  }
}
