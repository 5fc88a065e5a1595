package io.jcri.it.bench;

import io.jcri.cri.v1.ImageSpec;
import io.jcri.cri.v1.ListPodSandboxRequest;
import io.jcri.cri.v1.PodSandbox;
import io.jcri.cri.v1.PodSandboxFilter;
import io.jcri.cri.v1.PullImageRequest;
import io.jcri.cri.v1.RemoveImageRequest;
import io.jcri.cri.v1.RemovePodSandboxRequest;
import io.jcri.cri.v1.StopPodSandboxRequest;
import io.jcri.it.kit.CriClient;
import io.jcri.it.kit.RuntimeUnderTest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** One runtime that takes part, and what was measured of it. Not thread-safe. */
final class Rival implements AutoCloseable {
  /** Marks our pods, since a runtime that is not ours may have others. */
  static final String LABEL = "io.jcri.bench";

  private final String name;
  private final Path socket;
  private final Optional<RuntimeUnderTest> runtime;
  private final Path logs;
  private final Figures figures = new Figures();
  private CriClient client;

  private Rival(String name, Path socket, Optional<RuntimeUnderTest> runtime, Path logs) {
    this.name = name;
    this.socket = socket;
    this.runtime = runtime;
    this.logs = logs;
    this.client = new CriClient(socket);
  }

  /** A runtime of our own, which ends with this. */
  static Rival of(String name, RuntimeUnderTest runtime, Path logs) {
    return new Rival(name, runtime.socket(), Optional.of(runtime), logs);
  }

  /** One that somebody else has started; it is left running. */
  static Rival at(String name, Path socket, Path logs) {
    return new Rival(name, socket, Optional.empty(), logs);
  }

  String name() {
    return name;
  }

  CriClient client() {
    return client;
  }

  Figures figures() {
    return figures;
  }

  /** Where its pods' logs go. */
  Path logs() {
    return logs;
  }

  /** Returns the daemon's process. */
  long pid() throws IOException {
    return runtime.isPresent() ? runtime.get().process().pid() : SocketOwner.find(socket);
  }

  boolean restartable() {
    return runtime.isPresent();
  }

  /** Kills it with SIGKILL and returns once it serves again. */
  void restart() throws IOException {
    client.close();
    runtime.orElseThrow().kill();
    runtime.get().start();
    client = new CriClient(socket);
  }

  void pull(String reference) {
    client
        .images()
        .pullImage(
            PullImageRequest.newBuilder()
                .setImage(ImageSpec.newBuilder().setImage(reference))
                .build());
  }

  void removeImage(String reference) {
    client
        .images()
        .removeImage(
            RemoveImageRequest.newBuilder()
                .setImage(ImageSpec.newBuilder().setImage(reference))
                .build());
  }

  /** Stops and removes every pod of ours. */
  void removePods() {
    var ours =
        ListPodSandboxRequest.newBuilder()
            .setFilter(PodSandboxFilter.newBuilder().putLabelSelector(LABEL, "true"))
            .build();
    for (PodSandbox pod : client.runtime().listPodSandbox(ours).getItemsList()) {
      client
          .runtime()
          .stopPodSandbox(StopPodSandboxRequest.newBuilder().setPodSandboxId(pod.getId()).build());
      client
          .runtime()
          .removePodSandbox(
              RemovePodSandboxRequest.newBuilder().setPodSandboxId(pod.getId()).build());
    }
  }

  @Override
  public void close() throws IOException {
    try (CriClient _ = client) {
      if (runtime.isPresent()) {
        runtime.get().close();
      } else {
        removePods();
      }
    }
  }
}
