package io.jcri.daemon.pull;

import java.util.List;

/**
 * How the worker is started.
 *
 * @param words of the command, the program first
 */
public record WorkerCommand(List<String> words) {
  public WorkerCommand {
    words = List.copyOf(words);
  }
}
