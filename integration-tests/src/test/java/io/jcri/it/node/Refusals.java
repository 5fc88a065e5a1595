package io.jcri.it.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Calls that must fail. */
public final class Refusals {
  private Refusals() {}

  /** The call fails with this code, and its message has each of the parts. Returns the message. */
  public static String assertRefused(
      ThrowingCallable call, Status.Code code, String... messageParts) {
    Throwable failure = catchThrowable(call);
    assertThat(failure).isInstanceOf(StatusRuntimeException.class);
    Status status = Status.fromThrowable(failure);
    assertThat(status.getCode()).as(status.toString()).isEqualTo(code);
    String description = String.valueOf(status.getDescription());
    for (String part : messageParts) {
      assertThat(description).contains(part);
    }
    return description;
  }

  /**
   * What the daemon's log has of the text is one line, of what a user did wrong: no stack, which
   * would begin with the text once more.
   */
  public static void assertLoggedInOneLine(TestNode node, String text) throws IOException {
    assertThat(Files.readAllLines(node.daemon().log()))
        .filteredOn(line -> line.contains(text))
        .singleElement()
        .asString()
        .contains(" INFO ");
  }
}
