package io.jcri.daemon.admin;

import java.util.List;

/** What {@code load} is about. The archive is the content. */
public final class LoadMessages {
  private LoadMessages() {}

  /**
   * The arguments.
   *
   * @param names for the archive's only image instead of its own; none to take those
   * @param pinned whether the images are to be kept
   */
  public record Load(List<String> names, boolean pinned) {}

  /**
   * An image that was taken up.
   *
   * @param id {@code sha256:...}
   * @param names all its tags
   */
  public record Loaded(String id, List<String> names) {}
}
