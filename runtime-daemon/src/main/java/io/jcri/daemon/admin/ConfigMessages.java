package io.jcri.daemon.admin;

import java.util.List;

/** What is said about the configuration. */
public final class ConfigMessages {
  private ConfigMessages() {}

  /** Nothing more need be said. */
  public record Ask() {}

  /**
   * What counts for a key.
   *
   * @param value a text, a number, a truth value, or a list of texts
   * @param origin such as {@code /etc/jcri/config.toml:3}
   */
  public record Row(String key, Object value, String origin) {}

  /**
   * How a reload has ended.
   *
   * @param problems with their files and lines; when there is one nothing has changed
   * @param applied keys with what they were and are
   * @param needRestart likewise, of what the next daemon takes up
   */
  public record Outcome(List<String> problems, List<String> applied, List<String> needRestart) {}
}
