package io.jcri.it.nri;

import io.jcri.it.node.TestNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Gives a node's daemon other settings for plugins. */
final class NriSettings {
  /** A daemon's own two and five seconds are little for a plugin on a machine that is busy. */
  static final String PATIENT = "request_timeout_seconds = 30\n";

  static final String PATIENT_AT_THE_DOOR = "registration_timeout_seconds = 30\n";

  private static final String MARK = "# of this test\n";

  private NriSettings() {}

  /** Starts the daemon again with these lines in its configuration's last table, which is NRI's. */
  static void change(TestNode node, String lines) throws IOException {
    node.daemon().stop();
    Path file = node.daemon().configuration();
    String text = Files.readString(file);
    int end = text.indexOf(MARK);
    Files.writeString(file, (end < 0 ? text : text.substring(0, end)) + MARK + lines);
    node.daemon().start();
  }
}
