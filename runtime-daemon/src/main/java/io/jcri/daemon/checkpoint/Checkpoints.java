package io.jcri.daemon.checkpoint;

import io.jcri.daemon.container.Container;
import io.jcri.daemon.container.Containers;
import io.jcri.daemon.core.Failures;
import io.jcri.daemon.core.FileTrees;
import io.jcri.daemon.core.Ids;
import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.core.Layout;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.pod.Pods;
import io.jcri.daemon.runtime.Handler;
import io.jcri.daemon.runtime.Handlers;
import io.jcri.oci.runtime.OciRuntime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Makes checkpoints of running containers, which go on whether or not that succeeds. A container
 * has one checkpoint at a time. While it is paused its exec calls and its stop signals wait.
 *
 * <p>Thread-safe.
 */
public final class Checkpoints {
  private final Pods pods;
  private final Containers containers;
  private final Handlers handlers;
  private final Layout layout;
  private final Capture capture;
  private final Criu criu;
  private final Set<String> busy = ConcurrentHashMap.newKeySet();

  Checkpoints(
      Pods pods,
      Containers containers,
      Handlers handlers,
      Layout layout,
      Capture capture,
      Criu criu) {
    this.pods = pods;
    this.containers = containers;
    this.handlers = handlers;
    this.layout = layout;
    this.capture = capture;
    this.criu = criu;
  }

  /** A container to be captured, and where. */
  private record Subject(Container container, String handler, OciRuntime runtime, Path stage) {
    String id() {
      return container.id();
    }
  }

  /**
   * Writes a container's checkpoint to a file, which then is there as a whole or not at all.
   *
   * @param location absolute, in an existing directory; a file that is there is replaced
   * @throws JcriException NOT_FOUND; INVALID for the location; FAILED_PRECONDITION when the
   *     container does not run, is being checkpointed already, or the node can't checkpoint;
   *     DEADLINE_EXCEEDED
   */
  public void ofContainer(String idOrPrefix, Path location, Budget budget) {
    Container container = containers.require(idOrPrefix);
    Path directory = location.getParent();
    if (!location.isAbsolute() || directory == null) {
      throw JcriException.invalid("location must be an absolute path: " + location);
    }
    if (!Files.isDirectory(directory) || Files.isDirectory(location)) {
      throw JcriException.invalid(
          "location " + location + " is no file in a directory that exists");
    }
    String id = container.id();
    Subject subject = subject(container, layout.checkpoint(id));
    Path temporary = directory.resolve("." + location.getFileName() + "." + Ids.next());
    inTurn(
        List.of(subject),
        () -> {
          try {
            Files.createDirectories(layout.checkpoints());
            capture(List.of(subject), budget);
            write(subject, temporary, budget);
            Files.move(temporary, location, StandardCopyOption.ATOMIC_MOVE);
          } finally {
            Files.deleteIfExists(temporary);
            FileTrees.delete(subject.stage());
          }
        });
  }

  /**
   * Writes checkpoints of several containers of a pod, taken while all of them are paused, into an
   * empty directory; on failure it is empty again.
   *
   * @param output absolute, existing and empty
   * @param ids of running containers of the pod, each once
   * @throws JcriException as {@link #ofContainer} does
   */
  public void ofPod(String podIdOrPrefix, Path output, List<String> ids, Budget budget) {
    Pod pod = pods.require(podIdOrPrefix);
    if (!pod.ready()) {
      throw JcriException.precondition("pod sandbox " + pod.id() + " is not ready");
    }
    requireEmpty(output);
    List<Subject> subjects = subjects(pod, ids, output);
    Map<String, String> names = new TreeMap<>();
    subjects.forEach(s -> names.put(s.container().config().name(), s.id()));
    if (names.size() != subjects.size()) {
      throw JcriException.precondition("container_ids: two containers have the same name");
    }
    String runtime = PodManifest.runtimeName(handlers.require(pod.config().handler()));
    inTurn(
        subjects,
        () -> {
          boolean done = false;
          try {
            capture(subjects, budget);
            for (Subject subject : subjects) {
              write(subject, output.resolve(PodManifest.archive(subject.id())), budget);
            }
            PodManifest.of(pod, names, runtime).write(output);
            done = true;
          } finally {
            for (Subject subject : subjects) {
              FileTrees.delete(subject.stage());
              if (!done) {
                Files.deleteIfExists(output.resolve(PodManifest.archive(subject.id())));
              }
            }
            if (!done) {
              Files.deleteIfExists(output.resolve(PodManifest.FILE));
            }
          }
        });
  }

  private List<Subject> subjects(Pod pod, List<String> ids, Path output) {
    if (ids.isEmpty()) {
      throw JcriException.invalid("container_ids must not be empty");
    }
    List<Subject> subjects = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (String given : ids) {
      Container container = containers.require(given);
      if (!seen.add(container.id())) {
        throw JcriException.invalid("container_ids names container " + given + " twice");
      }
      if (!container.podId().equals(pod.id())) {
        throw JcriException.invalid(
            "container %s is not in pod sandbox %s".formatted(given, pod.id()));
      }
      subjects.add(subject(container, output.resolve("." + container.id())));
    }
    return subjects;
  }

  private Subject subject(Container container, Path stage) {
    if (!container.running()) {
      throw JcriException.precondition(
          "container %s is %s: only a running one can be checkpointed"
              .formatted(container.id(), container.phase()));
    }
    String name = pods.require(container.podId()).config().handler();
    Handler handler = handlers.require(name);
    capture.require(container.id());
    criu.require(handler);
    return new Subject(container, name, handler.runtime(), stage);
  }

  private static void requireEmpty(Path output) {
    if (!output.isAbsolute() || !Files.isDirectory(output, LinkOption.NOFOLLOW_LINKS)) {
      throw JcriException.invalid("output_path is no absolute path of a directory: " + output);
    }
    try (Stream<Path> there = Files.list(output)) {
      if (there.findAny().isPresent()) {
        throw JcriException.precondition("output_path " + output + " is not empty");
      }
    } catch (IOException e) {
      throw Failures.unchecked(e, "look into output_path " + output);
    }
  }

  @FunctionalInterface
  private interface Work {
    void run() throws IOException;
  }

  private void inTurn(List<Subject> subjects, Work work) {
    List<String> mine = new ArrayList<>();
    try {
      for (Subject subject : subjects) {
        if (!busy.add(subject.id())) {
          throw JcriException.precondition(
              "container " + subject.id() + " is being checkpointed already");
        }
        mine.add(subject.id());
      }
      work.run();
    } catch (IOException e) {
      throw Failures.unchecked(e, "checkpoint");
    } finally {
      mine.forEach(busy::remove);
    }
  }

  /** All are paused before the first is captured, and none goes on before the last is. */
  private void capture(List<Subject> subjects, Budget budget) throws IOException {
    for (Subject subject : subjects) {
      FileTrees.delete(subject.stage());
    }
    try (Freeze freeze = new Freeze(layout)) {
      for (Subject subject : subjects) {
        budget.left("pausing container " + subject.id());
        freeze.pause(subject.runtime(), subject.id(), subject.stage());
      }
      for (Subject subject : subjects) {
        capture.dump(subject.id(), subject.runtime(), subject.stage(), budget);
        budget.spend(
            "checkpoint of container " + subject.id(),
            () -> {
              capture.complete(
                  pods.require(subject.container().podId()),
                  subject.container(),
                  subject.handler(),
                  subject.stage());
              return true;
            });
      }
    }
  }

  private void write(Subject subject, Path file, Budget budget) {
    budget.spend(
        "archive of container " + subject.id(),
        () -> {
          capture.archive(subject.stage(), file);
          return true;
        });
  }
}
