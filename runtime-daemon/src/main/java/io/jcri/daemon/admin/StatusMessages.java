package io.jcri.daemon.admin;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What {@code status} is about. */
public final class StatusMessages {
  private StatusMessages() {}

  /** Nothing to say. */
  public record Ask() {}

  /**
   * The daemon at work, and whether it can run pods.
   *
   * @param problems why it can't, a sentence each; none when it can
   * @param warnings what does not keep it from that
   * @param driver of cgroups
   */
  public record Status(
      String version,
      long pid,
      Instant since,
      String root,
      String state,
      String socket,
      String driver,
      String defaultHandler,
      List<Handler> handlers,
      List<String> problems,
      List<String> warnings,
      Counts counts,
      Disk disk) {
    public boolean ready() {
      return problems.isEmpty();
    }
  }

  /**
   * An OCI runtime, or a shim in its place.
   *
   * @param problem why it can't be used
   */
  public record Handler(String name, String program, String version, Optional<String> problem) {}

  /** How much there is of what. */
  public record Counts(int pods, int ready, int containers, int running, int images, int pulls) {}

  /**
   * Bytes.
   *
   * @param images all images and writable layers
   * @param free on the file system that they lie on
   */
  public record Disk(long images, long free, long total) {}
}
