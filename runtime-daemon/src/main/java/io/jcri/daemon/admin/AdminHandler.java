package io.jcri.daemon.admin;

import java.io.IOException;

/**
 * Does what one verb asks. Its thread is interrupted when the client goes. Thread-safe.
 *
 * <p>What it throws, other than an {@link IOException} of the connection, is told the client.
 */
interface AdminHandler {

  /** Whether the client sends something behind its request. */
  default boolean takesContent() {
    return false;
  }

  void handle(AdminCall call) throws IOException;
}
