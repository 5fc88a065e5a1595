package io.jcri.daemon.cri.message;

import io.jcri.cni.Netns;
import io.jcri.daemon.config.DaemonConfig;
import io.jcri.daemon.container.Container;
import io.jcri.daemon.container.UnreadableContainer;
import io.jcri.daemon.core.Layout;
import io.jcri.daemon.node.NodeFacts;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.runtime.Handlers;
import io.jcri.oci.Digest;
import io.jcri.oci.Json;
import io.jcri.oci.image.Image;
import io.jcri.oci.image.ImageConfig;
import io.jcri.sandbox.SandboxState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The {@code info} map of verbose replies: one key {@code info} with a JSON object, in which crictl
 * and critest look for {@code pid}, {@code runtimeSpec} and the like.
 */
public final class VerboseInfo {
  private static final String KEY = "info";

  private final Layout layout;
  private final Supplier<DaemonConfig> config;
  private final NodeFacts node;

  /** Of this daemon, on this node. */
  public VerboseInfo(Layout layout, Supplier<DaemonConfig> config, NodeFacts node) {
    this.layout = layout;
    this.config = config;
    this.node = node;
  }

  public static Map<String, String> ofPod(Pod pod) {
    Map<String, Object> info = new LinkedHashMap<>();
    pod.sandbox().map(SandboxState::pause).ifPresent(pause -> info.put("pid", pause.pid()));
    info.put("sandboxId", pod.id());
    info.put("runtimeHandler", pod.config().handler());
    pod.cgroupPath().ifPresent(path -> info.put("cgroupPath", path));
    pod.config()
        .resources()
        .ifPresent(resources -> {
          info.put("overhead", resources.overhead());
          info.put("resources", resources.total());
        });
    pod.sandbox()
        .ifPresent(sandbox -> {
          Map<String, Path> namespaces = PodSpec.namespaces(sandbox);
          info.put("namespaces", texts(namespaces));
          info.put(
              "netNamespaceClosed",
              sandbox.netns().isPresent() && !Netns.isOne(sandbox.netns().get()));
          info.put("runtimeSpec", PodSpec.of(pod, namespaces));
        });
    return json(info);
  }

  private static Map<String, String> texts(Map<String, Path> paths) {
    Map<String, String> texts = new LinkedHashMap<>();
    paths.forEach((name, path) -> texts.put(name, path.toString()));
    return texts;
  }

  public Map<String, String> ofContainer(Container container) {
    Map<String, Object> info = new LinkedHashMap<>();
    info.put("sandboxID", container.podId());
    UnreadableContainer.why(container).ifPresent(why -> info.put("unreadable", why));
    if (container.exit().isEmpty()) { // their numbers may be others' afterwards
      container.init().filter(_ -> container.running()).ifPresent(pid -> info.put("pid", pid));
      container.shim().ifPresent(shim -> info.put("shimPid", shim.pid()));
    }
    runtimeSpec(container.id(), info);
    return json(info);
  }

  /** The container's config.json; a container that is being removed has none any more. */
  private void runtimeSpec(String id, Map<String, Object> info) {
    Path file = layout.bundle(id).resolve("config.json");
    try {
      Map<String, @Nullable Object> spec = Json.parseTree(Files.readAllBytes(file));
      info.put("runtimeSpec", spec);
    } catch (IOException e) {
      info.put("runtimeSpecError", String.valueOf(e.getMessage()));
    }
  }

  /** As in the image's own config, by the names that it has there. */
  public static Map<String, String> ofImage(
      Image image, ImageConfig said, Map<String, String> labels) {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("User", said.user());
    config.put("ExposedPorts", set(said.exposedPorts()));
    config.put("Env", said.env());
    config.put("Entrypoint", said.entrypoint());
    config.put("Cmd", said.command());
    config.put("Volumes", set(said.volumes()));
    config.put("WorkingDir", said.workingDirectory());
    config.put("Labels", labels);
    config.put("StopSignal", said.stopSignal());
    List<String> diffIds = image.diffIds().stream().map(Digest::toString).toList();
    Map<String, Object> spec = new LinkedHashMap<>();
    spec.put("architecture", image.platform().architecture());
    spec.put("os", image.platform().os());
    spec.put("config", config);
    spec.put("rootfs", Map.of("type", "layers", "diff_ids", diffIds));
    Map<String, Object> info = new LinkedHashMap<>();
    info.put("imageSpec", spec);
    info.put("diffIDs", diffIds);
    return json(info);
  }

  /** Go's way to say a set: names with nothing in them. */
  private static Map<String, Map<String, String>> set(Set<String> names) {
    Map<String, Map<String, String>> set = new LinkedHashMap<>();
    names.forEach(name -> set.put(name, Map.of()));
    return set;
  }

  public Map<String, String> ofDaemon(boolean networkReady, Handlers handlers) {
    DaemonConfig now = config.get();
    Map<String, Object> info = new LinkedHashMap<>();
    info.put("root", now.root().toString());
    info.put("state", now.state().toString());
    info.put("cgroupDriver", node.cgroups().driverName());
    info.put("defaultHandler", now.defaultHandler());
    info.put("cniConfigurations", now.network().configurations().toString());
    info.put("networkReady", networkReady);
    Map<String, Object> runtimes = new LinkedHashMap<>();
    handlers.all().forEach((name, handler) -> runtimes.put(name, handler.facts()));
    info.put("runtimes", runtimes);
    info.put("node", node.tree());
    return json(info);
  }

  private static Map<String, String> json(Map<String, Object> info) {
    return Map.of(KEY, new String(Json.toBytes(info), StandardCharsets.UTF_8));
  }
}
