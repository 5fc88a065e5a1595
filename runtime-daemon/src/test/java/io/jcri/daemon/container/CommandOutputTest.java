package io.jcri.daemon.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.shim.ExecResult;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class CommandOutputTest {
  private static final ExecResult WHOLE = new ExecResult(0, false, false);
  private static final ExecResult TRUNCATED = new ExecResult(0, false, true);

  private final OutputBudget budget = new OutputBudget(100_000, 60_000);

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static String text(List<ByteBuffer> blocks) {
    StringBuilder text = new StringBuilder();
    blocks.forEach(block -> text.append(StandardCharsets.US_ASCII.decode(block)));
    return text.toString();
  }

  @Test
  void bothStreamsComeBackWhole() throws IOException {
    CommandOutput output = new CommandOutput(budget.share(Duration.ZERO));
    StringBuilder expected = new StringBuilder();
    for (int i = 0; i < 1000; i++) {
      output.stdout(bytes("line " + i + "\n"));
      expected.append("line ").append(i).append('\n');
    }
    output.stderr(bytes("e"));
    output.end(WHOLE);
    assertThat(text(output.stdout())).isEqualTo(expected.toString());
    assertThat(text(output.stderr())).isEqualTo("e");
  }

  @Test
  void aByteAtATimeTakesFewBlocks() throws IOException {
    CommandOutput output = new CommandOutput(budget.share(Duration.ZERO));
    for (int i = 0; i < 10_000; i++) {
      output.stdout(bytes("x"));
    }
    assertThat(output.stdout()).hasSizeLessThan(12);
  }

  @Test
  void whatTheBudgetDoesNotHoldIsCutWithAMark() throws Exception {
    OutputBudget.Share other = budget.share(Duration.ZERO);
    assertThat(other.take(OutputBudget.OWN + 40_000)).isTrue();
    assertThat(other.take(60_000)).isTrue();
    CommandOutput output = new CommandOutput(budget.share(Duration.ZERO));
    for (int i = 0; i < 100; i++) {
      output.stdout(bytes("x".repeat(1000)));
    }
    output.end(WHOLE);
    String text = text(output.stdout());
    assertThat(text).startsWith("x".repeat(OutputBudget.OWN / 4)).endsWith(CommandOutput.MARK);
    assertThat(text.length()).isLessThanOrEqualTo(OutputBudget.OWN + CommandOutput.MARK.length());
    assertThat(text(output.stderr())).isEmpty();
  }

  @Test
  void theStreamThatTheShimHasCutIsMarked() throws IOException {
    CommandOutput output =
        new CommandOutput(
            new OutputBudget(2 * CommandOutput.MOST, CommandOutput.MOST).share(Duration.ZERO));
    String piece = "x".repeat(1 << 20);
    for (int i = 0; i < CommandOutput.MOST >> 20; i++) {
      output.stdout(bytes(piece));
    }
    output.stderr(bytes("e"));
    output.end(TRUNCATED);
    assertThat(text(output.stdout()))
        .hasSize(CommandOutput.MOST + CommandOutput.MARK.length())
        .endsWith("x" + CommandOutput.MARK);
    assertThat(text(output.stderr())).isEqualTo("e");
  }
}
