package io.jcri.it.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.jcri.cri.v1.ContainerConfig;
import io.jcri.it.kit.Command;
import io.jcri.it.kit.Flavor;
import io.jcri.it.kit.Layer;
import io.jcri.it.kit.LocalRegistry;
import io.jcri.it.kit.Scratch;
import io.jcri.it.kit.TarEntry;
import io.jcri.it.kit.TestImage;
import io.jcri.it.kit.TestImages;
import io.jcri.it.kit.TestIndex;
import io.jcri.it.kit.Tools;
import io.jcri.it.kit.Waiting;
import io.jcri.it.node.JcriCommand;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * {@code jcri import-from containerd} of what a containerd 1 has written, as Debian 12's is, whose
 * store nodes may have had for years. Left out where there is none.
 */
class ImportFromOldContainerdTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final TestImage.Platform ARM = new TestImage.Platform("linux", "arm64", "v8");

  @RegisterExtension static final TestNode NODE = new TestNode();

  private final JcriCommand jcri = new JcriCommand(NODE);

  @Test
  void everyImageIsAsAPullWouldHaveBroughtIt() throws IOException {
    Optional<Path> binaries = Tools.oldContainerd();
    assumeThat(binaries).isPresent();
    TestImage layered =
        TestImages.busybox()
            .withLayer(
                Layer.of(TarEntry.whiteout("etc/passwd"), TarEntry.file("etc/upper", "upper\n")));
    TestImage base = TestImages.marked("old index");
    List<ImageRow> pulled = new ArrayList<>();
    List<String> asked = new ArrayList<>();
    try (Scratch scratch = Scratch.create()) {
      try (LocalRegistry registry = LocalRegistry.start(scratch.disk().resolve("registry"))) {
        asked.add(registry.push("old/layered", "1", layered));
        asked.add(
            registry.push("old/docker", "1", TestImages.marked("docker").with(Flavor.DOCKER)));
        asked.add(
            registry.push(
                "old/index", "1", new TestIndex(Flavor.OCI, List.of(base.with(ARM), base))));
        fill(binaries.get(), scratch, asked);
        for (String name : asked) {
          String _ = NODE.pull(name);
          pulled.add(ImageRow.of(jcri, name));
          String _ = jcri.out("rmi", name);
        }
      }
      Command.Result result = jcri.run("import-from", "containerd", "--root", root(scratch));
      assertThat(result.exitCode()).as(result.err()).isZero();
      assertThat(result.out()).endsWith("imported 3, already there 0, left out 0\n");
    }
    for (int i = 0; i < asked.size(); i++) {
      assertThat(ImageRow.of(jcri, asked.get(i))).isEqualTo(pulled.get(i));
    }
    TestPod pod = NODE.pod();
    ContainerConfig.Builder config = pod.container("sleep", "100000");
    config.getImageBuilder().setImage(asked.getFirst());
    assertThat(pod.start(config).sh("cat /etc/upper; ls /etc"))
        .startsWith("upper\n")
        .doesNotContain("passwd");
  }

  private static String root(Scratch scratch) {
    return scratch.disk().resolve("lib").toString();
  }

  /** Has it pull as the kubelet's images are kept, and end as systemd would end it. */
  private static void fill(Path binaries, Scratch scratch, List<String> names) throws IOException {
    Path socket = scratch.state().resolve("containerd.sock");
    Path log = scratch.disk().resolve("containerd.log");
    Path configuration =
        Files.writeString(
            scratch.disk().resolve("containerd.toml"),
            """
            version = 2
            root = "%s"
            state = "%s"
            disabled_plugins = ["io.containerd.grpc.v1.cri"]
            [grpc]
            address = "%s"
            """
                .formatted(root(scratch), scratch.state().resolve("c"), socket));
    Process containerd =
        new ProcessBuilder(
                binaries.resolve("containerd").toString(), "--config", configuration.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      Command version =
          Command.of(binaries.resolve("ctr").toString(), "--address", socket.toString(), "version");
      Waiting.until(
          PATIENCE,
          () -> Files.exists(socket) && version.run().exitCode() == 0,
          () -> "containerd does not answer, see " + log);
      for (String name : names) {
        Command.of(
                binaries.resolve("ctr").toString(),
                "--address",
                socket.toString(),
                "--namespace",
                "k8s.io",
                "images",
                "pull",
                "--plain-http",
                name)
            .run()
            .orThrow();
      }
    } finally {
      containerd.destroy();
      assertThat(Waiting.end(containerd, PATIENCE)).isTrue();
    }
  }
}
