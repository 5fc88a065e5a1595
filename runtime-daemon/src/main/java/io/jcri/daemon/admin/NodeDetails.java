package io.jcri.daemon.admin;

import io.jcri.daemon.container.Container;
import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.core.Layout;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.runtime.Handler;
import io.jcri.oci.Json;
import io.jcri.oci.spec.SpecWriter;
import io.jcri.sandbox.SandboxState;
import io.jcri.sandbox.linux.ProcessId;
import io.jcri.sandbox.linux.Reasons;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * {@code pod}, {@code container}: all that is known of one, where its parts lie, and its record as
 * it is; {@code process}: what a command in a container is to run as. Stateless.
 */
final class NodeDetails {
  private final AdminNode node;

  NodeDetails(AdminNode node) {
    this.node = node;
  }

  void pod(AdminCall call) throws IOException {
    Pod pod = node.pods().require(call.arguments(NodeMessages.One.class).id());
    Layout layout = node.layout();
    List<Container> containers = node.containers().ofPod(pod.id());
    Map<String, @Nullable Object> details = start(NodeLists.row(pod, containers.size()));
    details.put(
        "containers",
        containers.stream().map(each -> brief(each.id(), each.config().name())).toList());
    details.put("runtime", runtime(pod));
    pod.cgroupPath().ifPresent(path -> details.put("cgroup", path));
    pod.sandbox().map(SandboxState::pause).ifPresent(it -> details.put("pause", process(it)));
    details.put("networkDue", pod.networkDue());
    Map<String, String> paths = new LinkedHashMap<>();
    paths.put("record", layout.podRecords().resolve(pod.id() + ".json").toString());
    paths.put("directory", layout.pod(pod.id()).toString());
    paths.put("logs", pod.config().logDirectory());
    details.put("paths", paths);
    details.put("record", tree(pod));
    call.answer(new NodeMessages.Details(details));
  }

  void container(AdminCall call) throws IOException {
    Container container = node.containers().require(call.arguments(NodeMessages.One.class).id());
    Layout layout = node.layout();
    Optional<Pod> pod = node.pods().find(container.podId());
    Map<String, @Nullable Object> details = start(NodeLists.row(container, pod));
    pod.ifPresent(its -> {
      details.put("runtime", runtime(its));
      details.put("cgroup", NodeLists.cgroup(node, its, container));
      Map<String, @Nullable Object> network = new LinkedHashMap<>();
      network.put("ips", its.liveIps());
      its.sandbox()
          .flatMap(SandboxState::netns)
          .ifPresent(file -> network.put("namespace", file.toString()));
      details.put("network", network);
    });
    container.shim().ifPresent(shim -> details.put("shim", process(shim)));
    Map<String, String> paths = new LinkedHashMap<>();
    paths.put("record", layout.containerRecords().resolve(container.id() + ".json").toString());
    paths.put("directory", layout.container(container.id()).toString());
    paths.put("bundle", layout.bundle(container.id()).toString());
    paths.put("exit", layout.exitRecord(container.id()).toString());
    details.put("paths", paths);
    spec(container.id(), details);
    details.put("record", tree(container));
    call.answer(new NodeMessages.Details(details));
  }

  /** As the container was made; its mounts and namespaces are in there. */
  private void spec(String id, Map<String, @Nullable Object> details) {
    Path file = node.layout().bundle(id).resolve("config.json");
    try {
      Map<String, @Nullable Object> spec = Json.parseTree(Files.readAllBytes(file));
      details.put("mounts", spec.get("mounts"));
      details.put("spec", spec);
    } catch (IOException e) {
      details.put("spec", "cannot read " + file + ": " + Reasons.of(e));
    }
  }

  private static Map<String, String> brief(String id, String name) {
    Map<String, String> brief = new LinkedHashMap<>();
    brief.put("id", id);
    brief.put("name", name);
    return brief;
  }

  private Map<String, @Nullable Object> runtime(Pod pod) {
    String name = pod.config().handler();
    Map<String, @Nullable Object> runtime = new LinkedHashMap<>();
    runtime.put("handler", name);
    @Nullable Handler handler = node.handlers().all().get(name);
    if (handler != null) {
      runtime.put("program", handler.programName());
      runtime.put("sandboxContainer", handler.sandboxContainer());
      runtime.put("state", node.layout().runtimeState(name).toString());
    }
    return runtime;
  }

  private static Map<String, @Nullable Object> process(ProcessId process) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("pid", process.pid());
    try {
      tree.put("alive", process.alive());
    } catch (IOException e) {
      tree.put("alive", "unknown: " + Reasons.of(e));
    }
    return tree;
  }

  private static Map<String, @Nullable Object> start(Record row) {
    return new LinkedHashMap<>(tree(row));
  }

  private static Map<String, @Nullable Object> tree(Record row) {
    return Json.parseTree(Json.toBytes(row));
  }

  void process(AdminCall call) throws IOException {
    NodeMessages.Command wanted = call.arguments(NodeMessages.Command.class);
    Container container = node.containers().requireRunning(wanted.id(), "run a command in");
    byte[] process =
        SpecWriter.processJson(
            container
                .process()
                .orElseThrow(
                    () -> JcriException.precondition("nothing is known of what the container runs"))
                .exec(wanted.command(), wanted.tty()));
    call.answer(
        new NodeMessages.ToRun(
            new String(process, StandardCharsets.UTF_8),
            node.layout().container(container.id()).toString()));
  }
}
