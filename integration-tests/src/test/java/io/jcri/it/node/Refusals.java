package io.jcri.it.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
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
}
