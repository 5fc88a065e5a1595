package io.jcri.it.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.cri.v1.ImageSpec;
import io.jcri.cri.v1.NamespaceMode;
import io.jcri.cri.v1.PodSandboxConfig;
import io.jcri.cri.v1.PodSandboxMetadata;
import io.jcri.cri.v1.PullImageRequest;
import io.jcri.it.kit.CniNetwork;
import io.jcri.it.kit.CriClient;
import io.jcri.it.kit.DaemonUnderTest;
import io.jcri.it.kit.HandlerUnderTest;
import io.jcri.it.kit.Leaks;
import io.jcri.it.kit.LocalRegistry;
import io.jcri.it.kit.PinnedNetworks;
import io.jcri.it.kit.RuntimeUnderTest;
import io.jcri.it.kit.Scratch;
import io.jcri.it.kit.TestArtifact;
import io.jcri.it.kit.TestImages;
import io.jcri.it.kit.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A node for the tests of one class: the built daemon, a registry, a bridge network. Pods go after
 * each test; after the last one the machine must be as it was before the first.
 */
public final class TestNode implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {
  /** Of this run's own: a bridge and a range that another run on this machine hardly has. */
  private static final long RUN = ProcessHandle.current().pid();

  private static final String BRIDGE = "jctb" + RUN;
  private static final String RANGE = "10.%d.".formatted(200 + RUN % 50);
  private static final String BUSYBOX = "busybox";

  /** How long what a test has ended may take to vanish: zombies, and other people's pods. */
  private static final Duration SETTLING = Duration.ofSeconds(20);

  /** Done to the folders before the daemon starts. */
  @FunctionalInterface
  public interface Preparation {
    void prepare(Scratch scratch) throws IOException;
  }

  private record Parts(
      Leaks before,
      Scratch scratch,
      LocalRegistry registry,
      CniNetwork network,
      DaemonUnderTest daemon) {}

  private final AtomicInteger names = new AtomicInteger();
  private final Preparation preparation;
  private final Map<String, HandlerUnderTest> handlers;
  private @Nullable Parts parts;
  private @Nullable CriClient cri;

  /** A node with nothing special. */
  public TestNode() {
    this(scratch -> {});
  }

  /** A node whose folders are prepared first. */
  public TestNode(Preparation preparation) {
    this(preparation, Map.of());
  }

  /** A node with OCI runtimes of the test's choice, by handler name. */
  public TestNode(Map<String, Path> programs) {
    this(
        scratch -> {},
        programs.entrySet().stream()
            .collect(
                Collectors.toMap(
                    Map.Entry::getKey, entry -> new HandlerUnderTest.Program(entry.getValue()))));
  }

  private TestNode(Preparation preparation, Map<String, HandlerUnderTest> handlers) {
    this.preparation = preparation;
    this.handlers = handlers;
  }

  @Override
  public void beforeAll(ExtensionContext context) throws IOException {
    Leaks before = Leaks.look();
    Scratch scratch = Scratch.create();
    preparation.prepare(scratch);
    LocalRegistry registry = LocalRegistry.start(scratch.disk().resolve("registry"));
    CniNetwork network = CniNetwork.create(scratch.disk(), BRIDGE, RANGE + "0.0/16");
    Path registries = Files.createDirectories(scratch.disk().resolve("certs.d"));
    DaemonUnderTest daemon =
        DaemonUnderTest.start(
            new RuntimeUnderTest.Settings(scratch, registries, network.configurations(), handlers));
    parts = new Parts(before, scratch, registry, network, daemon);
    cri = daemon.client();
    pull(registry.push(BUSYBOX, "1", TestImages.busybox()));
  }

  @Override
  public void afterEach(ExtensionContext context) throws IOException {
    if (!daemon().process().isAlive()) {
      daemon().start();
    }
    cri().removeAllPods();
    assertNoPodIsLeft();
  }

  @Override
  public void afterAll(ExtensionContext context) throws IOException {
    Parts all = parts();
    try {
      cri().close();
      all.daemon.close();
    } catch (IOException | RuntimeException | AssertionError e) {
      System.err.println(Files.readString(all.daemon.log()));
      throw e;
    } finally {
      all.network.close();
      all.registry.close();
      preparedMounts(all.scratch).forEach(TestNode::unmount);
      if (System.getenv("JCRI_IT_KEEP") == null) {
        all.scratch.close();
      }
    }
    settle(all.before);
  }

  /** The client that all tests of the class share. */
  public CriClient cri() {
    if (cri == null) {
      throw new IllegalStateException("the node is not started");
    }
    return cri;
  }

  public DaemonUnderTest daemon() {
    return parts().daemon;
  }

  public LocalRegistry registry() {
    return parts().registry;
  }

  public Scratch scratch() {
    return parts().scratch;
  }

  /** Where the daemon looks for {@code hosts.toml}. */
  public Path registries() {
    return scratch().disk().resolve("certs.d");
  }

  /** Where the daemon looks for CNI configurations. */
  public Path networks() {
    return parts().network.configurations();
  }

  /** The bridge of the pods' network. */
  public String bridge() {
    return BRIDGE;
  }

  /** The gateway of the pods' network: an address of this machine. */
  public String gateway() {
    return RANGE + "0.1";
  }

  /** What the addresses of all pods begin with. */
  public String range() {
    return RANGE;
  }

  /** The addresses that are given out. */
  public List<String> leases() throws IOException {
    return children(scratch().disk().resolve("leases").resolve(BRIDGE)).stream()
        .map(path -> path.substring(path.lastIndexOf('/') + 1))
        .filter(name -> name.matches("[0-9.]+"))
        .toList();
  }

  /** The reference of the image that every node has: busybox. */
  public String busybox() {
    return registry().hostAndPort() + "/" + BUSYBOX + ":1";
  }

  /** Pulls an image. Returns what PullImage calls it. */
  public String pull(String reference) {
    return cri()
        .images()
        .pullImage(
            PullImageRequest.newBuilder()
                .setImage(ImageSpec.newBuilder().setImage(reference))
                .build())
        .getImageRef();
  }

  /** Pushes an image to the node's registry and pulls it. Returns its reference. */
  public String load(String repository, TestArtifact artifact) throws IOException {
    String reference = registry().push(repository, "1", artifact);
    pull(reference);
    return reference;
  }

  /** A pod's configuration with a name of its own, as plain as the kubelet would make it. */
  public PodSandboxConfig.Builder podConfig() throws IOException {
    String name = "pod-" + names.incrementAndGet();
    Path logs = Files.createDirectories(scratch().disk().resolve("logs").resolve(name));
    PodSandboxConfig.Builder config =
        PodSandboxConfig.newBuilder()
            .setMetadata(
                PodSandboxMetadata.newBuilder()
                    .setName(name)
                    .setNamespace("it")
                    .setUid("uid-of-" + name))
            .setHostname(name)
            .setLogDirectory(logs.toString());
    config
        .getLinuxBuilder()
        .getSecurityContextBuilder()
        .getNamespaceOptionsBuilder()
        .setPid(NamespaceMode.CONTAINER); // unset would mean: shared in the pod
    return config;
  }

  /** The same for a pod on the host's network, which has no name of its own. */
  public PodSandboxConfig.Builder hostNetworkConfig() throws IOException {
    PodSandboxConfig.Builder config = podConfig().clearHostname();
    config
        .getLinuxBuilder()
        .getSecurityContextBuilder()
        .getNamespaceOptionsBuilder()
        .setNetwork(NamespaceMode.NODE);
    return config;
  }

  /** Runs a pod that may have privileged containers. */
  public TestPod privilegedPod() throws IOException {
    PodSandboxConfig.Builder config = podConfig();
    config.getLinuxBuilder().getSecurityContextBuilder().setPrivileged(true);
    return pod(config);
  }

  /** Runs a pod on the bridge network. */
  public TestPod pod() throws IOException {
    return pod(podConfig());
  }

  /** Runs a pod. */
  public TestPod pod(PodSandboxConfig.Builder config) {
    return TestPod.run(this, config.build());
  }

  /** Runs a pod with a handler. */
  public TestPod pod(PodSandboxConfig.Builder config, String handler) {
    PodSandboxConfig built = config.build();
    return TestPod.of(this, built, TestPod.run(this, built, handler));
  }

  /** Fails when records, folders or mounts of pods or containers are left. */
  public void assertNoPodIsLeft() throws IOException {
    for (Path folder :
        List.of(
            daemon().root().resolve("pods"),
            daemon().root().resolve("containers"),
            daemon().state().resolve("pods"),
            daemon().state().resolve("containers"))) {
      assertThat(children(folder)).as("what is left in %s", folder).isEmpty();
    }
    Path mountinfo = Path.of("/proc/self/mountinfo");
    assertThat(Files.readAllLines(mountinfo))
        .as("mounts")
        .filteredOn(line -> !PinnedNetworks.isOne(line))
        .noneMatch(line -> line.contains(" " + daemon().state() + "/"))
        .noneMatch(line -> line.contains(" " + daemon().root() + "/"));
  }

  /** Fails when a root file system is left though no container is. */
  public void assertNoSnapshotIsLeft() throws IOException {
    assertThat(children(daemon().root().resolve("containers"))).isEmpty();
    assertThat(children(daemon().state().resolve("containers"))).isEmpty();
    assertThat(Files.readAllLines(Path.of("/proc/self/mountinfo")))
        .noneMatch(line -> line.contains(" " + daemon().root() + "/"));
  }

  private static List<String> children(Path folder) throws IOException {
    if (Files.notExists(folder)) {
      return List.of();
    }
    try (Stream<Path> list = Files.list(folder)) {
      return list.map(Path::toString).sorted().toList();
    }
  }

  private Parts parts() {
    if (parts == null) {
      throw new IllegalStateException("the node is not started");
    }
    return parts;
  }

  private static List<String> preparedMounts(Scratch scratch) throws IOException {
    return Files.readAllLines(Path.of("/proc/self/mountinfo")).stream()
        .map(line -> line.split(" ", -1)[4])
        .filter(path -> path.equals(scratch.disk().resolve("lib").toString()))
        .toList();
  }

  private static void unmount(String path) {
    try {
      io.jcri.it.kit.Command.of("umount", path).run().orThrow();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void settle(Leaks before) throws IOException {
    Waiting.until(
        SETTLING,
        () -> Leaks.look().since(before).isEmpty(),
        () -> {
          try {
            return "left behind:\n  " + String.join("\n  ", Leaks.look().since(before));
          } catch (IOException e) {
            return "left behind: " + e.getMessage();
          }
        });
  }
}
