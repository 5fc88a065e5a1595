package io.jcri.daemon.admin;

import io.jcri.cni.NetworkStatus;
import io.jcri.daemon.container.Container;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.runtime.Handler;
import io.jcri.daemon.system.BuildInfo;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** {@code status}: what CRI's Status says and what there is on the node. */
final class TellStatus implements AdminHandler {
  private final AdminNode node;

  TellStatus(AdminNode node) {
    this.node = node;
  }

  @Override
  public void handle(AdminCall call) throws IOException {
    List<String> problems = new ArrayList<>();
    List<String> warnings = new ArrayList<>();
    node.handlers().defaultHandler().problem().ifPresent(problems::add);
    NetworkStatus network = node.networks().status();
    if (!network.ready()) {
      problems.add("no network for pods: " + network.message());
    } else if (!network.message().isEmpty()) {
      warnings.add("network: " + network.message());
    }
    ProcessHandle self = ProcessHandle.current();
    call.answer(
        new StatusMessages.Status(
            BuildInfo.version(),
            self.pid(),
            self.info().startInstant().orElse(Instant.EPOCH),
            node.config().root().toString(),
            node.config().state().toString(),
            node.config().socket().toString(),
            node.cgroupPaths().driver().name().toLowerCase(java.util.Locale.ROOT),
            node.handlers().defaultName(),
            handlers(),
            problems,
            warnings,
            counts(),
            disk()));
  }

  private List<StatusMessages.Handler> handlers() {
    List<StatusMessages.Handler> handlers = new ArrayList<>();
    node.handlers().all().forEach((name, handler) -> handlers.add(handler(name, handler)));
    return handlers;
  }

  private static StatusMessages.Handler handler(String name, Handler handler) {
    Map<String, Object> facts = handler.facts();
    return new StatusMessages.Handler(
        name,
        String.valueOf(facts.getOrDefault("binary", facts.get("shim"))),
        String.valueOf(facts.getOrDefault("version", "unknown")),
        handler.problem());
  }

  private StatusMessages.Counts counts() {
    Collection<Pod> pods = node.pods().list();
    Collection<Container> containers = node.containers().list();
    return new StatusMessages.Counts(
        pods.size(),
        (int) pods.stream().filter(Pod::ready).count(),
        containers.size(),
        (int) containers.stream().filter(Container::running).count(),
        node.images().list().size(),
        node.images().pulls().size());
  }

  private StatusMessages.Disk disk() throws IOException {
    FileStore store = Files.getFileStore(node.images().location());
    return new StatusMessages.Disk(
        node.images().usage().bytes(), store.getUsableSpace(), store.getTotalSpace());
  }
}
