package io.jcri.daemon.cli.pod;

import io.jcri.daemon.admin.NodeMessages.Container;
import io.jcri.daemon.admin.NodeMessages.Pod;
import io.jcri.daemon.cli.kit.ShortId;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Which pod or container a person means: the one of this ID; else of this name, where one that runs
 * is meant before those that don't, and the last attempt of a pod's container before those before
 * it; else the only one whose ID begins so.
 */
final class Names {
  private static final int MOST_TOLD = 8;

  private Names() {}

  /** A pod by {@code name}, {@code namespace/name} or ID. */
  static Pod pod(List<Pod> pods, String name) throws IOException {
    return findPod(pods, name)
        .orElseThrow(() -> new IOException("no pod " + name + "; jcri pods lists them"));
  }

  static Optional<Pod> findPod(List<Pod> pods, String name) throws IOException {
    return new Search<Pod>("pod", name, Pod::id, Names::name, pod -> pod.state().equals("ready"))
        .in(pods, pod -> name.equals(pod.name()) || name.equals(name(pod)), Names::name);
  }

  /** A container by {@code name}, {@code pod/name}, {@code namespace/pod/name} or ID. */
  static Container container(List<Container> containers, String name) throws IOException {
    return findContainer(containers, name)
        .orElseThrow(() -> new IOException("no container " + name + "; jcri ps -a lists them"));
  }

  static Optional<Container> findContainer(List<Container> containers, String name)
      throws IOException {
    return new Search<Container>(
            "container",
            name,
            Container::id,
            Names::name,
            container -> container.state().equals("running"))
        .in(
            containers,
            container ->
                name.equals(container.name())
                    || name.equals(container.pod() + "/" + container.name())
                    || name.equals(name(container)),
            container -> name(container) + " of " + container.podId());
  }

  static String name(Pod pod) {
    return pod.namespace() + "/" + pod.name();
  }

  static String name(Container container) {
    return container.namespace() + "/" + container.pod() + "/" + container.name();
  }

  private record Search<T>(
      String kind,
      String wanted,
      Function<T, String> id,
      Function<T, String> name,
      Predicate<T> runs) {

    /**
     * Looks for it.
     *
     * @param all the newest first
     * @param same what those have in common of which only the newest is meant
     */
    Optional<T> in(List<T> all, Predicate<T> named, Function<T, String> same) throws IOException {
      Optional<T> exact = all.stream().filter(each -> id.apply(each).equals(wanted)).findFirst();
      if (exact.isPresent()) {
        return exact;
      }
      List<T> found = all.stream().filter(named).toList();
      List<T> running = found.stream().filter(runs).toList();
      if (found.isEmpty()) {
        found = all.stream().filter(each -> id.apply(each).startsWith(wanted)).toList();
      } else if (!running.isEmpty()) {
        found = running;
      } else if (found.stream().map(same).distinct().count() == 1) {
        found = List.of(found.getFirst());
      }
      if (found.size() > 1) {
        throw ambiguous(found);
      }
      return found.stream().findFirst();
    }

    private IOException ambiguous(List<T> found) {
      String some =
          found.stream()
              .limit(MOST_TOLD)
              .map(each -> ShortId.of(id.apply(each)) + " (" + name.apply(each) + ")")
              .collect(Collectors.joining(", "));
      return new IOException(
          "%s %s is ambiguous, name one of: %s%s"
              .formatted(kind, wanted, some, found.size() > MOST_TOLD ? ", …" : ""));
    }
  }
}
