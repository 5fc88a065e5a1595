package io.jcri.it.soak;

import io.jcri.cri.v1.ImageSpec;
import io.jcri.cri.v1.PullImageRequest;
import io.jcri.it.kit.CgroupParent;
import io.jcri.it.kit.CniNetwork;
import io.jcri.it.kit.Command;
import io.jcri.it.kit.CriClient;
import io.jcri.it.kit.DaemonUnderTest;
import io.jcri.it.kit.Layer;
import io.jcri.it.kit.Leaks;
import io.jcri.it.kit.LocalRegistry;
import io.jcri.it.kit.RuntimeUnderTest;
import io.jcri.it.kit.Scratch;
import io.jcri.it.kit.TarEntry;
import io.jcri.it.kit.TestImage;
import io.jcri.it.kit.TestImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The node of a soak: a daemon, a registry and a bridge network, each of its own. Its folder below
 * /run is a file system of its own, so that what is used of it can be told to the byte.
 */
final class SoakNode implements AutoCloseable {
  private static final long RUN = ProcessHandle.current().pid();
  private static final String BRIDGE = "jctk" + RUN;
  private static final String SUBNET = "10.%d.0.0/20".formatted(150 + RUN % 50);
  private static final int PULLED_LAYERS = 3;

  private final Leaks before;
  private final Scratch scratch;
  private final LocalRegistry registry;
  private final CniNetwork network;
  private final DaemonUnderTest daemon;
  private final CriClient client;
  private final String image;
  private final CgroupParent cgroup = CgroupParent.of("soak");
  private final List<String> pulled = new ArrayList<>();

  private SoakNode(
      Leaks before,
      Scratch scratch,
      LocalRegistry registry,
      CniNetwork network,
      DaemonUnderTest daemon)
      throws IOException {
    this.before = before;
    this.scratch = scratch;
    this.registry = registry;
    this.network = network;
    this.daemon = daemon;
    this.client = daemon.client();
    this.image = registry.push("soak/base", "1", TestImages.busybox());
    pull(image);
    for (int i = 0; i < 2; i++) {
      pulled.add(registry.push("soak/pulled" + i, "1", pulledImage(i)));
    }
  }

  static SoakNode start() throws IOException {
    Leaks before = Leaks.look();
    Scratch scratch = Scratch.create();
    Path state = Files.createDirectories(scratch.state().resolve("d"));
    Command.of("mount", "-t", "tmpfs", "-o", "size=256m", "jct", state.toString()).run().orThrow();
    LocalRegistry registry = LocalRegistry.start(scratch.disk().resolve("registry"));
    CniNetwork network = CniNetwork.create(scratch.disk(), BRIDGE, SUBNET);
    DaemonUnderTest daemon =
        DaemonUnderTest.start(
            new RuntimeUnderTest.Settings(
                scratch,
                Files.createDirectories(scratch.disk().resolve("certs.d")),
                network.configurations(),
                Map.of()));
    return new SoakNode(before, scratch, registry, network, daemon);
  }

  /** Files of a size that images have, which hardly get smaller. */
  private static TestImage pulledImage(int number) throws IOException {
    Layer[] layers = new Layer[PULLED_LAYERS];
    java.util.Random random = new java.util.Random(number);
    for (int i = 0; i < layers.length; i++) {
      byte[] bytes = new byte[1 << 20];
      random.nextBytes(bytes);
      layers[i] =
          Layer.of(
              TarEntry.directory("d" + i, 0755),
              TarEntry.file("d" + i + "/large", 0644, bytes),
              TarEntry.file("d" + i + "/small", "layer " + i + "\n"));
    }
    return TestImage.of(layers);
  }

  void pull(String reference) {
    client
        .images()
        .pullImage(
            PullImageRequest.newBuilder()
                .setImage(ImageSpec.newBuilder().setImage(reference))
                .build());
  }

  CriClient client() {
    return client;
  }

  DaemonUnderTest daemon() {
    return daemon;
  }

  /** The image of all containers: busybox. */
  String image() {
    return image;
  }

  /** Images in the registry that nobody's container needs. */
  List<String> pulled() {
    return pulled;
  }

  /** Where the kubelet would want logs. */
  Path logs() {
    return scratch.disk().resolve("logs");
  }

  /** What the lines of mountinfo that are this node's have in them. */
  String mark() {
    String name = String.valueOf(scratch.state().getFileName());
    return name.substring(0, name.indexOf('-') + 1);
  }

  /** Where the cgroups of all pods are, below the top of each hierarchy. */
  String cgroup() {
    return cgroup.path();
  }

  /** The bridge of the pods. */
  String bridge() {
    return network.bridge();
  }

  /** The folder of network configurations, which the daemon watches. */
  Path networks() {
    return network.configurations();
  }

  /** Where the daemon looks for further network plugins, and whatever else is a run's own. */
  Path plugins() throws IOException {
    return Files.createDirectories(scratch.disk().resolve("cni-plugins"));
  }

  /** What there was on the machine before it. */
  Leaks before() {
    return before;
  }

  /** The folder of host-local's leases. */
  Path leases() {
    return scratch.disk().resolve("leases").resolve(BRIDGE);
  }

  @Override
  public void close() throws IOException {
    client.close();
    try {
      daemon.close();
    } finally {
      network.close();
      registry.close();
      Command.of("umount", daemon.state().toString()).run();
      cgroup.close();
      scratch.close();
    }
  }
}
