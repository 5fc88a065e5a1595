package io.jcri.it;

import io.jcri.it.kit.CniNetwork;
import io.jcri.it.kit.ContainerdUnderTest;
import io.jcri.it.kit.CriClient;
import io.jcri.it.kit.DaemonUnderTest;
import io.jcri.it.kit.HostsDirectory;
import io.jcri.it.kit.Kubelet;
import io.jcri.it.kit.Leaks;
import io.jcri.it.kit.LocalRegistry;
import io.jcri.it.kit.RuntimeUnderTest;
import io.jcri.it.kit.Scratch;
import io.jcri.it.kit.TestImages;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A node of a test class's own: a registry with a few images, a network and a fresh daemon. In the
 * end all is taken away, and anything left in the kernel fails the class.
 *
 * <p>{@code JCRI_TEST_CONTAINERD} names a folder with containerd's programs to run the tests
 * against instead: what fails there too is the test's fault.
 */
final class TestNode implements BeforeAllCallback, AfterAllCallback {
  /** The small system of {@link TestImages#busybox()}. */
  static final String BUSYBOX = "docker.io/library/busybox:test";

  /** A web server on port 80. */
  static final String WEB = "docker.io/library/web:test";

  private static final String PAUSE = "docker.io/library/pause:test";
  private static final String BRIDGE = "jctit0";
  private static final String SUBNET = "10.233.0.0/16";

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private @Nullable Leaks before;
  private @Nullable Scratch scratch;
  private @Nullable LocalRegistry registry;
  private @Nullable RuntimeUnderTest runtime;
  private @Nullable Kubelet kubelet;

  @Override
  public void beforeAll(ExtensionContext context) throws IOException {
    before = Leaks.look();
    Scratch folders = keep(Scratch.create());
    scratch = folders;
    LocalRegistry images = keep(LocalRegistry.start(folders.disk().resolve("registry")));
    registry = images;
    images.push("library/busybox", "test", TestImages.busybox());
    images.push("library/web", "test", TestImages.nginx(80));
    images.push("library/pause", "test", TestImages.pause());
    HostsDirectory.mirror(registries(), images.uri(), List.of("docker.io"));
    CniNetwork network = keep(CniNetwork.create(folders.disk(), BRIDGE, SUBNET));

    var settings = new RuntimeUnderTest.Settings(folders, registries(), network.configurations());
    String containerd = System.getenv("JCRI_TEST_CONTAINERD");
    runtime =
        keep(
            containerd == null
                ? DaemonUnderTest.start(settings)
                : ContainerdUnderTest.start(settings, Path.of(containerd), PAUSE));
    connect();
    kubelet().pull(BUSYBOX);
    kubelet().pull(WEB);
  }

  @Override
  public void afterAll(ExtensionContext context) throws Exception {
    Exception failure = null;
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (Exception e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
    if (before != null) {
      before.assertNothingNew();
    }
  }

  /** Drives the runtime. */
  Kubelet kubelet() {
    return Objects.requireNonNull(kubelet);
  }

  RuntimeUnderTest runtime() {
    return Objects.requireNonNull(runtime);
  }

  LocalRegistry registry() {
    return Objects.requireNonNull(registry);
  }

  /** Where tests may write. */
  Path disk() {
    return Objects.requireNonNull(scratch).disk();
  }

  /** The folder of the runtime's {@code hosts.toml} files, read at each pull. */
  Path registries() {
    return disk().resolve("certs.d");
  }

  /** Fetches a page over plain HTTP. */
  static String fetch(String uri) throws IOException {
    URLConnection connection = URI.create(uri).toURL().openConnection();
    connection.setConnectTimeout(10_000);
    connection.setReadTimeout(10_000);
    try (InputStream in = connection.getInputStream()) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Reads a container's log, each line without its time. */
  List<String> log(String containerId) throws IOException {
    Path log = Path.of(kubelet().status(containerId).getLogPath());
    return Files.readAllLines(log).stream()
        .map(line -> line.substring(line.indexOf(' ') + 1))
        .toList();
  }

  private void connect() {
    CriClient client = keep(runtime().client());
    kubelet = new Kubelet(client, disk().resolve("logs"));
  }

  private <T extends AutoCloseable> T keep(T part) {
    parts.push(part);
    return part;
  }
}
