package io.jcri.daemon.admin;

import java.util.List;

/** What {@code load} is about. The archive is the content. */
public final class LoadMessages {
  private LoadMessages() {}

  /** The arguments: none. */
  public record Load() {}

  /**
   * An image that was taken up.
   *
   * @param id {@code sha256:...}
   * @param names all its tags
   */
  public record Loaded(String id, List<String> names) {}
}
