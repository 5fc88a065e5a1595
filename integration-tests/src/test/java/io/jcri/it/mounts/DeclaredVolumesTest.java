package io.jcri.it.mounts;

import static io.jcri.it.node.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.jcri.cri.v1.ContainerConfig;
import io.jcri.cri.v1.IDMapping;
import io.jcri.cri.v1.NamespaceMode;
import io.jcri.cri.v1.PodSandboxConfig;
import io.jcri.it.kit.Layer;
import io.jcri.it.kit.TarEntry;
import io.jcri.it.kit.TestImage;
import io.jcri.it.kit.TestImages;
import io.jcri.it.node.JcriCommand;
import io.jcri.it.node.NewRunc;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code VOLUME}s of an image. */
class DeclaredVolumesTest {
  @RegisterExtension static final TestNode NODE = NewRunc.node();

  private final Volumes volumes = new Volumes(NODE);
  private String image = "";

  @BeforeEach
  void pullTheImage() throws IOException {
    image = load("volumes", "/data", "/data/sub", "/missing/deep");
  }

  private static TestImage filled() throws IOException {
    return TestImages.busybox()
        .withLayer(
            Layer.of(
                TarEntry.directory("data", 01775).withOwner(1000, 2000),
                TarEntry.file("data/seed", "from the image").withOwner(1000, 2000),
                TarEntry.symbolicLink("data/link", "/etc/group"),
                TarEntry.directory("data/sub", 0700)));
  }

  private static String load(String name, String... declared) throws IOException {
    return NODE.load(name, filled().withVolumes(declared));
  }

  private static ContainerConfig.Builder config(TestPod pod, String image) {
    ContainerConfig.Builder config = pod.container("sleep", "100000");
    config.getImageBuilder().setImage(image);
    return config;
  }

  @Test
  void aReadOnlyRootHasWritableVolumesWithWhatTheImageHasThere() throws IOException {
    TestPod pod = NODE.pod();
    ContainerConfig.Builder config = config(pod, image);
    config.getLinuxBuilder().getSecurityContextBuilder().setReadonlyRootfs(true);
    TestContainer container = pod.start(config);
    assertThat(container.sh("cat /data/seed")).isEqualTo("from the image");
    assertThat(container.sh("stat -c '%a %u:%g' /data /data/seed /data/sub /missing/deep"))
        .isEqualTo("1775 1000:2000\n644 1000:2000\n700 0:0\n755 0:0");
    assertThat(container.sh("readlink /data/link")).isEqualTo("/etc/group");
    container.sh("echo x > /data/new; echo x > /data/sub/new; echo x > /missing/deep/new");
    assertThat(container.exec("touch", "/elsewhere").exitCode()).isNotZero();
    assertThat(container.status().getMountsList()).isEmpty();
  }

  @Test
  void eachContainerHasItsOwnAndTheyGoWithIt() throws IOException {
    TestPod pod = NODE.pod();
    TestContainer one = pod.start(config(pod, image));
    TestContainer two = pod.start(config(pod, image));
    one.sh("echo changed > /data/seed; touch /data/one");
    assertThat(two.sh("cat /data/seed; ls /data")).isEqualTo("from the imagelink\nseed\nsub");
    Path ofOne = NODE.daemon().root().resolve("image/snapshots").resolve(one.id());
    assertThat(ofOne.resolve("volumes/0/one")).exists();
    one.stop(0);
    one.remove();
    assertThat(ofOne).doesNotExist();
  }

  @Test
  void aMountOfThePodCounts() throws IOException {
    TestPod pod = NODE.pod();
    Path folder = volumes.folder("mine");
    TestContainer container =
        pod.start(
            config(pod, image)
                .addMounts(Volumes.host(folder, "/data"))
                .addMounts(Volumes.host(folder, "/missing/deep/below")));
    container.sh("touch /data/x");
    assertThat(folder.resolve("x")).exists();
    assertThat(folder.toFile().list()).as("nothing was made in it").containsExactly("x");
    assertThat(container.sh("ls /missing/deep/below; touch /missing/deep/y")).isEqualTo("x");
    assertThat(folder.resolve("y")).doesNotExist();
  }

  @Test
  void theyOutliveADaemon() throws IOException {
    TestPod pod = NODE.pod();
    TestContainer running = pod.start(config(pod, image));
    running.sh("echo kept > /data/kept");
    TestContainer created = pod.create(config(pod, image));
    NODE.daemon().kill();
    NODE.daemon().start();
    assertThat(running.sh("cat /data/kept")).isEqualTo("kept");
    created.start();
    assertThat(created.sh("cat /data/seed")).isEqualTo("from the image");
  }

  @Test
  @EnabledIf("io.jcri.it.node.NewRunc#available")
  void inAUserNamespaceTheirFilesAreItsUsers() throws IOException {
    PodSandboxConfig.Builder sandbox = NODE.podConfig();
    IDMapping all = IDMapping.newBuilder().setHostId(300000).setLength(65536).build();
    sandbox
        .getLinuxBuilder()
        .getSecurityContextBuilder()
        .getNamespaceOptionsBuilder()
        .getUsernsOptionsBuilder()
        .setMode(NamespaceMode.POD)
        .addUids(all)
        .addGids(all);
    TestPod pod = NODE.pod(sandbox);
    TestContainer container = pod.start(config(pod, image));
    assertThat(container.sh("stat -c '%u:%g' /data/seed /data/sub /missing/deep"))
        .isEqualTo("1000:2000\n0:0\n0:0");
    container.sh("touch /data/sub/x /missing/deep/x");
    assertThat(
            Files.getAttribute(
                NODE.daemon()
                    .root()
                    .resolve("image/snapshots")
                    .resolve(container.id())
                    .resolve("volumes/0/seed"),
                "unix:uid"))
        .isEqualTo(301000);
  }

  @Test
  void placesThatCanBeNoVolumeDoNoHarm() throws IOException {
    String odd =
        load(
            "odd",
            "/",
            "/proc",
            "/proc/sys",
            "/sys/kernel",
            "/dev/shm",
            "/etc/hosts",
            "/bin/busybox",
            "/data/link",
            "../up",
            "rel/x",
            "/data//",
            "a\0b");
    TestPod pod = NODE.pod();
    TestContainer container = pod.start(config(pod, odd));
    assertThat(container.sh("cat /etc/hosts; ls /proc/self/status; ls /bin/busybox"))
        .contains("localhost", "/proc/self/status", "/bin/busybox");
    assertThat(container.sh("grep -cE ' (/up|/rel/x|/data) ' /proc/self/mountinfo")).isEqualTo("3");
  }

  @Test
  void moreThanAContainerMayHaveAreRefused() throws IOException {
    String many =
        load("many", IntStream.range(0, 300).mapToObj(i -> "/v" + i).toArray(String[]::new));
    TestPod pod = NODE.pod();
    assertRefused(
        () -> pod.create(config(pod, many)),
        Status.Code.FAILED_PRECONDITION,
        "300 volumes",
        "images.volumes");
    NODE.assertNoSnapshotIsLeft();
  }

  @Test
  void aKeyMakesOnlyTheDirectoryOrNothing() throws IOException {
    String before = Files.readString(NODE.daemon().configuration());
    try {
      reloadWith(before, "directory");
      TestPod pod = NODE.pod();
      assertThat(mounted(pod)).containsExactly("/missing/deep");
      reloadWith(before, "ignore");
      assertThat(mounted(pod)).isEmpty();
    } finally {
      reload(before);
    }
  }

  private static void reloadWith(String before, String mode) throws IOException {
    reload(before.replace("[images]", "[images]\nvolumes = \"" + mode + "\""));
  }

  private static void reload(String configuration) throws IOException {
    Files.writeString(NODE.daemon().configuration(), configuration);
    String told = new JcriCommand(NODE).out("config", "reload");
    assertThat(told).contains("images.volumes");
  }

  private Stream<String> mounted(TestPod pod) {
    return pod.start(config(pod, image))
        .sh("cat /data/seed >/dev/null; cut -d ' ' -f 5 /proc/self/mountinfo")
        .lines()
        .filter(place -> place.startsWith("/data") || place.startsWith("/missing"));
  }
}
