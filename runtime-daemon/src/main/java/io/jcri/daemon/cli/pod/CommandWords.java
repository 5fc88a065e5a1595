package io.jcri.daemon.cli.pod;

import java.util.List;

/** What follows a name: another command, with or without {@code --} before it. */
final class CommandWords {
  private CommandWords() {}

  static List<String> of(List<String> rest) {
    return !rest.isEmpty() && rest.getFirst().equals("--") ? rest.subList(1, rest.size()) : rest;
  }
}
