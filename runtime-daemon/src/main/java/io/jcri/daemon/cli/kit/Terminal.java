package io.jcri.daemon.cli.kit;

import java.io.Console;

/** Whom the command talks to. */
public final class Terminal {
  private Terminal() {}

  /** Whether both standard input and output are a terminal. */
  @SuppressWarnings("SystemConsoleNull") // the built-in one, which Java 25 has gone back to, may be
  public static boolean isThere() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }
}
