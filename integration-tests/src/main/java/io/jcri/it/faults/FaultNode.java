package io.jcri.it.faults;

import io.jcri.cri.v1.ListContainersRequest;
import io.jcri.cri.v1.RemoveContainerRequest;
import io.jcri.it.kit.CgroupParent;
import io.jcri.it.kit.CniNetwork;
import io.jcri.it.kit.Command;
import io.jcri.it.kit.CriClient;
import io.jcri.it.kit.DaemonUnderTest;
import io.jcri.it.kit.HandlerUnderTest;
import io.jcri.it.kit.Leaks;
import io.jcri.it.kit.LocalRegistry;
import io.jcri.it.kit.RuntimeUnderTest;
import io.jcri.it.kit.Scratch;
import io.jcri.it.kit.TestImages;
import io.jcri.it.kit.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A node to break things on: the built daemon with its folders on file systems of their own, small
 * enough to be filled; a registry; a bridge network and an OCI runtime that misbehave when told to.
 * For one thread, but for {@link #client}.
 */
final class FaultNode implements NodeUnderFaults, AutoCloseable {
  private static final long RUN = ProcessHandle.current().pid();
  private static final String BRIDGE = "jctb" + RUN;
  private static final String SUBNET = "10.%d.0.0/24".formatted(200 + RUN % 50);

  /** Of another version, maybe. */
  static final String MACHINES_RUNC = "/usr/bin/runc";

  /** How long a call to a plugin may take here. */
  static final int NETWORK_SECONDS = 5;

  private final Leaks before;
  private final Scratch scratch;
  private final LocalRegistry registry;
  private final CniNetwork network;
  private final Gates gates;
  private final DaemonUnderTest daemon;
  private final CriClient client;
  private final String image;
  private final CgroupParent cgroup = CgroupParent.of("faults");

  private FaultNode(
      Leaks before,
      Scratch scratch,
      LocalRegistry registry,
      CniNetwork network,
      Gates gates,
      DaemonUnderTest daemon)
      throws IOException {
    this.before = before;
    this.scratch = scratch;
    this.registry = registry;
    this.network = network;
    this.gates = gates;
    this.daemon = daemon;
    this.client = daemon.client();
    this.image = registry.push("faults", "1", TestImages.busybox());
    client.pull(image);
  }

  /** Starts it. */
  static FaultNode start() throws IOException {
    Leaks before = Leaks.look();
    Scratch scratch = Scratch.create();
    mount(scratch.disk().resolve("lib"), 512);
    mount(scratch.state().resolve("d"), 64);
    mount(scratch.disk().resolve("logs"), 64);
    Gates gates = Gates.create(scratch.disk().resolve("gates"), runc());
    LocalRegistry registry = LocalRegistry.start(scratch.disk().resolve("registry"));
    CniNetwork network = CniNetwork.create(scratch.disk(), BRIDGE, SUBNET);
    gate(network, scratch, gates);
    Path more = Files.createDirectories(scratch.disk().resolve("conf.d")).resolve("50-faults.toml");
    Files.writeString(more, "[network]\ntimeout_seconds = %d\n".formatted(NETWORK_SECONDS));
    DaemonUnderTest daemon =
        DaemonUnderTest.start(
            new RuntimeUnderTest.Settings(
                scratch,
                Files.createDirectories(scratch.disk().resolve("certs.d")),
                network.configurations(),
                Map.of("runc", new HandlerUnderTest.Program(gates.runc()))));
    return new FaultNode(before, scratch, registry, network, gates, daemon);
  }

  /** The OCI runtime of the rounds. */
  static Path runc() throws IOException {
    return Tools.newRunc().orElse(Path.of(MACHINES_RUNC));
  }

  private static void mount(Path folder, int mebibytes) throws IOException {
    Files.createDirectories(folder);
    Command.of("mount", "-t", "tmpfs", "-o", "size=%dm".formatted(mebibytes), "jct", "" + folder)
        .run()
        .orThrow();
  }

  /** Puts the plugins that misbehave in the place of those that don't. */
  private static void gate(CniNetwork network, Scratch scratch, Gates gates) throws IOException {
    Files.createSymbolicLink(scratch.disk().resolve("cni-plugins"), gates.plugins());
    Path file = network.configurations().resolve("10-test.conflist");
    String text = Files.readString(file);
    for (String plugin : List.of("bridge", "host-local", "portmap")) {
      text = text.replace("\"type\": \"" + plugin, "\"type\": \"gated-" + plugin);
    }
    // Killed halfway, the bridge plugin would leave a rule of its own behind for good.
    Files.writeString(file, text.replace("\"ipMasq\": true", "\"ipMasq\": false"));
  }

  /** What there was on the machine before it. */
  Leaks before() {
    return before;
  }

  Gates gates() {
    return gates;
  }

  DaemonUnderTest daemon() {
    return daemon;
  }

  @Override
  public CriClient client() {
    return client;
  }

  LocalRegistry registry() {
    return registry;
  }

  @Override
  public String image() {
    return image;
  }

  @Override
  public String cgroup() {
    return cgroup.path();
  }

  /** The configuration of the pods' network. */
  Path networkFile() {
    return network.configurations().resolve("10-test.conflist");
  }

  /** Where CNI keeps what networks have answered. */
  Path networkCache() {
    return scratch.disk().resolve("cni");
  }

  Path disk() {
    return scratch.disk();
  }

  /** A file system of its own. */
  @Override
  public Path logs() {
    return scratch.disk().resolve("logs");
  }

  @Override
  public List<Path> leases() throws IOException {
    return NodeUnderFaults.leases(scratch.disk().resolve("leases").resolve(BRIDGE));
  }

  @Override
  public List<Path> folders() {
    return List.of(daemon.root(), daemon.state());
  }

  /**
   * Removes every pod, and every container that belongs to none, as the kubelet's collectors do.
   */
  void removeEverything() {
    client.removeAllPods();
    client
        .runtime()
        .listContainers(ListContainersRequest.getDefaultInstance())
        .getContainersList()
        .forEach(each ->
            client
                .runtime()
                .removeContainer(
                    RemoveContainerRequest.newBuilder().setContainerId(each.getId()).build()));
  }

  /** What is in a folder; nothing when there is none. */
  static List<Path> list(Path folder) throws IOException {
    try (Stream<Path> list = Files.list(folder)) {
      return list.sorted().toList();
    } catch (java.nio.file.NoSuchFileException | java.nio.file.NotDirectoryException gone) {
      return List.of();
    } catch (java.io.UncheckedIOException changing) {
      return List.of();
    }
  }

  /** Takes all of it away; what is left of the machine's state is for the caller to look at. */
  @Override
  public void close() throws IOException {
    gates.open();
    client.close();
    try {
      daemon.close();
    } finally {
      network.close();
      registry.close();
      cgroup.close();
      for (Path folder :
          List.of(
              scratch.disk().resolve("lib"),
              scratch.state().resolve("d"),
              scratch.disk().resolve("logs"))) {
        Command.of("umount", "" + folder).run();
      }
      scratch.close();
    }
  }
}
