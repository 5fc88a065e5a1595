package io.jcri.it.faults;

import io.jcri.cri.v1.Container;
import io.jcri.cri.v1.ImageSpec;
import io.jcri.cri.v1.RemoveImageRequest;
import io.jcri.cri.v1.VersionRequest;
import io.jcri.cri.v1.VersionResponse;
import io.jcri.it.kit.CgroupParent;
import io.jcri.it.kit.CniNetwork;
import io.jcri.it.kit.Command;
import io.jcri.it.kit.CriClient;
import io.jcri.it.kit.HandlerUnderTest;
import io.jcri.it.kit.LocalRegistry;
import io.jcri.it.kit.RuntimeUnderTest;
import io.jcri.it.kit.Scratch;
import io.jcri.it.kit.TestImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * A node with one of the runtimes that are compared, each with the same image, network, plugins and
 * OCI runtime. For one thread, but for {@link #client}.
 */
final class PeerNode implements NodeUnderFaults, AutoCloseable {
  private static final long RUN = ProcessHandle.current().pid();
  private static final String BRIDGE = "jctp" + RUN;
  private static final String SUBNET = "10.%d.0.0/20".formatted(100 + RUN % 50);

  private final PeerKind kind;
  private final Scratch scratch;
  private final LocalRegistry registry;
  private final CniNetwork network;
  private final PeerSweep sweep;
  private final RuntimeUnderTest runtime;
  private final CriClient client;
  private final String image;
  private final CgroupParent cgroup;

  private PeerNode(
      PeerKind kind,
      Scratch scratch,
      LocalRegistry registry,
      CniNetwork network,
      CgroupParent cgroup,
      PeerSweep sweep,
      RuntimeUnderTest runtime)
      throws IOException {
    this.kind = kind;
    this.scratch = scratch;
    this.registry = registry;
    this.network = network;
    this.cgroup = cgroup;
    this.sweep = sweep;
    this.runtime = runtime;
    this.client = runtime.client();
    this.image = registry.push("faults", "1", TestImages.busybox());
    client.pull(image);
  }

  /** Starts it. */
  static PeerNode start(PeerKind kind) throws IOException {
    Scratch scratch = Scratch.create();
    LocalRegistry registry = LocalRegistry.start(scratch.disk().resolve("registry"));
    CniNetwork network = CniNetwork.create(scratch.disk(), BRIDGE, SUBNET);
    Path file = network.configurations().resolve("10-test.conflist");
    // Killed halfway, the bridge plugin would leave a rule of its own behind for good.
    Files.writeString(
        file, Files.readString(file).replace("\"ipMasq\": true", "\"ipMasq\": false"));
    CgroupParent cgroup = CgroupParent.of("peer");
    PeerSweep sweep = new PeerSweep(scratch, cgroup, BRIDGE);
    RuntimeUnderTest runtime =
        kind.start(
            new RuntimeUnderTest.Settings(
                scratch,
                Files.createDirectories(scratch.disk().resolve("certs.d")),
                network.configurations(),
                Map.of("runc", new HandlerUnderTest.Program(FaultNode.runc()))),
            registry);
    Files.createDirectories(scratch.disk().resolve("logs"));
    return new PeerNode(kind, scratch, registry, network, cgroup, sweep, runtime);
  }

  PeerKind kind() {
    return kind;
  }

  /** What it says it is. */
  String version() {
    VersionResponse version = client.runtime().version(VersionRequest.getDefaultInstance());
    return version.getRuntimeName() + " " + version.getRuntimeVersion();
  }

  RuntimeUnderTest runtime() {
    return runtime;
  }

  @Override
  public CriClient client() {
    return client;
  }

  @Override
  public String image() {
    return image;
  }

  @Override
  public Path logs() {
    return scratch.disk().resolve("logs");
  }

  @Override
  public String cgroup() {
    return cgroup.path();
  }

  @Override
  public List<Path> folders() {
    return kind.folders(scratch);
  }

  @Override
  public List<Path> leases() throws IOException {
    return NodeUnderFaults.leases(scratch.disk().resolve("leases").resolve(BRIDGE));
  }

  /** The pods' links that are on the bridge. */
  List<String> links() throws IOException {
    return sweep.links();
  }

  /** The process that serves a running container; nothing when it has gone. */
  OptionalLong shim(Container container) {
    return switch (kind) {
      case JCRI -> PeerShims.ofJcri(client, container.getId());
      case CONTAINERD -> PeerShims.ofContainerd(container.getPodSandboxId());
    };
  }

  /** The containers among some that have not ended and are served by the same shim as one is. */
  List<String> served(Container one, List<Container> all) {
    return switch (kind) {
      case JCRI -> List.of(one.getId());
      case CONTAINERD ->
          all.stream()
              .filter(each -> each.getPodSandboxId().equals(one.getPodSandboxId()))
              .filter(each -> !each.getState().name().equals("CONTAINER_EXITED"))
              .map(Container::getId)
              .toList();
    };
  }

  /** Kills it and starts it at once; returns how long it took until it answered. */
  Duration killAndStart() throws IOException {
    long begin = System.nanoTime();
    runtime.kill();
    runtime.start();
    return Duration.ofNanos(System.nanoTime() - begin);
  }

  /**
   * Pulls an image and removes it, after which a runtime that collects what nobody uses any more
   * (containerd does so after so many changes) has done it.
   */
  void collect() throws IOException {
    String other = registry.push("collect", "1", TestImages.marked("collect"));
    client.pull(other);
    client
        .images()
        .removeImage(
            RemoveImageRequest.newBuilder()
                .setImage(ImageSpec.newBuilder().setImage(other))
                .build());
  }

  /** Takes all of it away, also what a runtime has lost sight of. */
  @Override
  public void close() throws IOException {
    client.close();
    try {
      runtime.close();
    } catch (io.grpc.StatusRuntimeException cannotRemove) {
      // the sweep takes it away
    } finally {
      sweep.everything();
      network.close();
      registry.close();
      cgroup.close();
      Command.of("rm", "-rf", "--one-file-system", "" + scratch.disk().resolve("lib")).run();
      scratch.close();
    }
  }
}
