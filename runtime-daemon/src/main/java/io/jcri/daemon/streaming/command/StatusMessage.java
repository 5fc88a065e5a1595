package io.jcri.daemon.streaming.command;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.nio.charset.StandardCharsets;

/**
 * How a session ended, as the error stream tells it: the protocols from v4 on send a {@code
 * metav1.Status} in JSON, which carries the exit code; those before send the text of a failure, or
 * nothing.
 *
 * <pre>
 * {"metadata":{},"status":"Success"}
 * {"metadata":{},"status":"Failure","message":"…","reason":"NonZeroExitCode",
 *  "details":{"causes":[{"reason":"ExitCode","message":"3"}]}}
 * </pre>
 */
public sealed interface StatusMessage {
  /** All went well. */
  record Success() implements StatusMessage {}

  /** A command ended with another code than 0. */
  record Exit(int code) implements StatusMessage {}

  /** There was no session, or it broke. */
  record Failure(String reason) implements StatusMessage {}

  /** What an exec ended with. */
  static StatusMessage exited(int code) {
    return code == 0 ? new Success() : new Exit(code);
  }

  /** The text for people; empty for a success. */
  default String text() {
    return switch (this) {
      case Success _ -> "";
      case Exit(int code) -> "command terminated with non-zero exit code: exit status " + code;
      case Failure(String reason) -> "Internal error occurred: " + reason;
    };
  }

  /** What goes over the error stream. */
  default byte[] encode(boolean json) {
    return (json ? json().toString() : text()).getBytes(StandardCharsets.UTF_8);
  }

  private JsonObject json() {
    JsonObject status = new JsonObject();
    status.add("metadata", new JsonObject());
    status.addProperty("status", this instanceof Success ? "Success" : "Failure");
    switch (this) {
      case Success _ -> {
        // says it all
      }
      case Exit(int code) -> {
        JsonObject cause = new JsonObject();
        cause.addProperty("reason", "ExitCode");
        cause.addProperty("message", Integer.toString(code));
        JsonArray causes = new JsonArray();
        causes.add(cause);
        JsonObject details = new JsonObject();
        details.add("causes", causes);
        status.addProperty("message", text());
        status.addProperty("reason", "NonZeroExitCode");
        status.add("details", details);
      }
      case Failure _ -> {
        status.addProperty("message", text());
        status.addProperty("reason", "InternalError");
        status.addProperty("code", 500);
      }
    }
    return status;
  }
}
