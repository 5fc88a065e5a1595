package io.jcri.daemon.config;

import java.util.List;

/** A configuration or flag that can't be used, with everything that is wrong in it. */
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final List<String> problems;

  /** Of a flag. */
  public ConfigException(String problem) {
    this(List.of(problem));
  }

  ConfigException(List<String> problems) {
    super(String.join("; ", problems));
    this.problems = List.copyOf(problems);
  }

  /** One a line, each beginning with its file and line where it has one. */
  public List<String> problems() {
    return problems;
  }
}
