package io.jcri.daemon.admin;

import io.jcri.daemon.container.Container;
import io.jcri.daemon.container.Exit;
import io.jcri.daemon.life.ContainerPhase;
import io.jcri.daemon.pod.Pod;
import io.jcri.sandbox.SandboxState;
import io.jcri.sandbox.cgroup.CgroupStats;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** {@code pods}, {@code containers} and {@code usage}: a row each, the newest first. Stateless. */
final class NodeLists {
  private static final long SECOND = 1_000_000_000L;

  private final AdminNode node;

  NodeLists(AdminNode node) {
    this.node = node;
  }

  void pods(AdminCall call) throws IOException {
    Map<String, List<Container>> containers = node.containers().byPod();
    for (Pod pod : pods()) {
      call.answer(row(pod, containers.getOrDefault(pod.id(), List.of()).size()));
    }
  }

  void containers(AdminCall call) throws IOException {
    Map<String, Pod> pods = new HashMap<>();
    pods().forEach(pod -> pods.put(pod.id(), pod));
    for (Container container : containers()) {
      call.answer(row(container, Optional.ofNullable(pods.get(container.podId()))));
    }
  }

  /** A container that ends meanwhile, or whose kernel is its own, has no row. */
  void usage(AdminCall call) throws IOException {
    Map<String, Pod> pods = new HashMap<>();
    pods().forEach(pod -> pods.put(pod.id(), pod));
    for (Container container : containers()) {
      @Nullable Pod pod = pods.get(container.podId());
      if (pod == null || !container.running()) {
        continue;
      }
      Optional<CgroupStats> stats = node.cgroups().read(cgroup(node, pod, container));
      if (stats.isPresent()) {
        CgroupStats.Memory memory = stats.get().memory();
        call.answer(
            new NodeMessages.Usage(
                container.id(),
                System.nanoTime(),
                stats.get().cpuNanos(),
                memory.workingSet(),
                optional(memory.limit()),
                stats.get().processes()));
      }
    }
  }

  private static Optional<Long> optional(OptionalLong number) {
    return number.isPresent() ? Optional.of(number.getAsLong()) : Optional.empty();
  }

  static String cgroup(AdminNode node, Pod pod, Container container) {
    return node.cgroupPaths().containerDirectory(pod.config().cgroupParent(), container.id());
  }

  private List<Pod> pods() {
    return node.pods().list().stream()
        .sorted(Comparator.comparingLong(Pod::createdAt).reversed())
        .toList();
  }

  private List<Container> containers() {
    return node.containers().list().stream()
        .sorted(Comparator.comparingLong(Container::createdAt).reversed())
        .toList();
  }

  static NodeMessages.Pod row(Pod pod, int containers) {
    return new NodeMessages.Pod(
        pod.id(),
        pod.config().metadata().name(),
        pod.config().metadata().namespace(),
        pod.config().metadata().uid(),
        pod.config().metadata().attempt(),
        pod.ready() ? "ready" : "not-ready",
        instant(pod.createdAt()),
        pod.config().handler(),
        pod.liveIps(),
        pod.sandbox().filter(_ -> pod.ready()).map(NodeLists::namespaces).orElse(Map.of()),
        containers,
        pod.config().labels());
  }

  private static Map<String, String> namespaces(SandboxState sandbox) {
    Map<String, String> files = new LinkedHashMap<>();
    put(files, "net", sandbox.netns());
    put(files, "ipc", sandbox.ipcns());
    put(files, "uts", sandbox.utsns());
    return files;
  }

  private static void put(Map<String, String> files, String kind, Optional<Path> file) {
    file.ifPresent(path -> files.put(kind, path.toString()));
  }

  static NodeMessages.Container row(Container container, Optional<Pod> pod) {
    Optional<Exit> exit = container.exit();
    return new NodeMessages.Container(
        container.id(),
        container.config().name(),
        pod.map(its -> its.config().metadata().name()).orElse(""),
        pod.map(its -> its.config().metadata().namespace()).orElse(""),
        container.podId(),
        container.config().attempt(),
        container.phase().name().toLowerCase(Locale.ROOT),
        image(container),
        container.image().id(),
        instant(container.createdAt()),
        container.startedAt() == 0 ? Optional.empty() : Optional.of(instant(container.startedAt())),
        exit.map(how -> instant(how.at())),
        exit.map(Exit::code),
        exit.map(Exit::reason),
        container.phase() == ContainerPhase.RUNNING ? container.init() : Optional.empty(),
        container.logFile(),
        container.config().labels());
  }

  /** The kubelet asks by ID, and says beside it what the pod's author wrote. */
  private static String image(Container container) {
    String author = container.config().userImage();
    return author.isEmpty() ? container.image().name() : author;
  }

  static Instant instant(long nanos) {
    return Instant.ofEpochSecond(nanos / SECOND, nanos % SECOND);
  }
}
