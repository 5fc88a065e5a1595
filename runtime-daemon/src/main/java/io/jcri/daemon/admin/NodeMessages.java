package io.jcri.daemon.admin;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the verbs about pods and containers are about. They are called by their whole IDs. */
public final class NodeMessages {
  private NodeMessages() {}

  /** For {@code pods}, {@code containers}, {@code usage}: nothing to say. */
  public record All() {}

  /** For {@code pod}, {@code container}: one of them. */
  public record One(String id) {}

  /**
   * A pod.
   *
   * @param state {@code ready} or {@code not-ready}
   * @param ips its own now; none with the host's network
   * @param namespaces the files of those that it has, by {@code net}, {@code ipc}, {@code uts}
   * @param containers how many it has, running ones and others
   */
  public record Pod(
      String id,
      String name,
      String namespace,
      String uid,
      int attempt,
      String state,
      Instant created,
      String handler,
      List<String> ips,
      Map<String, String> namespaces,
      int containers,
      Map<String, String> labels) {}

  /**
   * A container.
   *
   * @param pod name of its pod, as far as that is known
   * @param attempt how often it was restarted, as the kubelet counts
   * @param state {@code created}, {@code running}, {@code exited} or {@code unknown}
   * @param image as it was asked for
   * @param log file; empty for none
   */
  public record Container(
      String id,
      String name,
      String pod,
      String namespace,
      String podId,
      int attempt,
      String state,
      String image,
      String imageId,
      Instant created,
      Optional<Instant> started,
      Optional<Instant> finished,
      Optional<Integer> exitCode,
      Optional<String> reason,
      Optional<Integer> pid,
      String log,
      Map<String, String> labels) {}

  /** All about a pod or container, as a tree for people. */
  public record Details(Map<String, @Nullable Object> details) {}

  /**
   * What a running container uses.
   *
   * @param at nanoseconds, by a clock of the daemon's
   * @param cpu nanoseconds of CPU time since its start
   * @param memory bytes that are not given back for the asking
   * @param limit bytes allowed; empty for no limit
   */
  public record Usage(
      String id, long at, long cpu, long memory, Optional<Long> limit, long processes) {}

  /**
   * For {@code process}.
   *
   * @param id of a container
   */
  public record Command(String id, List<String> command, boolean tty) {}

  /**
   * What the container's shim is to be told to run a command.
   *
   * @param process object of the OCI runtime specification
   * @param folder where the shim's socket is
   */
  public record ToRun(String process, String folder) {}

  /**
   * For {@code events}.
   *
   * @param follow whether those to come are wanted, or only the last ones
   */
  public record Listen(boolean follow) {}

  /**
   * Something that happened.
   *
   * @param type {@code created}, {@code started}, {@code stopped}, {@code deleted}
   * @param kind {@code pod} or {@code container}
   * @param pod namespace and name, as far as known
   * @param container its name, as far as known
   */
  public record Event(
      Instant at,
      String type,
      String kind,
      String id,
      String podId,
      Optional<String> pod,
      Optional<String> container,
      Optional<Integer> exitCode) {}

  /**
   * For {@code leftovers}.
   *
   * @param dry tells what would go, and ends nothing
   */
  public record Leftovers(boolean dry) {}

  /** For {@code reset}: pods, or containers of pods that are not known any more. */
  public record Removed(String kind, String id, String name) {}
}
