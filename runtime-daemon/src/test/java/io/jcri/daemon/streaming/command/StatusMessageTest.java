package io.jcri.daemon.streaming.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class StatusMessageTest {
  private static String encoded(StatusMessage message, boolean json) {
    return new String(message.encode(json), StandardCharsets.UTF_8);
  }

  @Test
  void successIsAStatusOrNothing() {
    assertThat(encoded(StatusMessage.exited(0), true))
        .isEqualTo("{\"metadata\":{},\"status\":\"Success\"}");
    assertThat(encoded(StatusMessage.exited(0), false)).isEmpty();
  }

  /** Kubectl looks for the reason, then for the cause, and reads its message as 8 bits. */
  @Test
  void anExitCodeIsACause() {
    assertThat(encoded(StatusMessage.exited(137), true))
        .isEqualTo(
            "{\"metadata\":{},\"status\":\"Failure\","
                + "\"message\":\"command terminated with non-zero exit code: exit status 137\","
                + "\"reason\":\"NonZeroExitCode\","
                + "\"details\":{\"causes\":[{\"reason\":\"ExitCode\",\"message\":\"137\"}]}}");
    assertThat(encoded(StatusMessage.exited(3), false)).contains("exit status 3");
  }

  @Test
  void aFailureIsAnInternalErrorWithItsText() {
    StatusMessage failure = new StatusMessage.Failure("no \"x\" here");
    assertThat(encoded(failure, true))
        .isEqualTo(
            "{\"metadata\":{},\"status\":\"Failure\","
                + "\"message\":\"Internal error occurred: no \\\"x\\\" here\","
                + "\"reason\":\"InternalError\",\"code\":500}");
    assertThat(encoded(failure, false)).isEqualTo("Internal error occurred: no \"x\" here");
  }
}
