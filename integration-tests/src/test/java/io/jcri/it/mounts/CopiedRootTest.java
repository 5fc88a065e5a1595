package io.jcri.it.mounts;

import static io.jcri.it.node.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status.Code;
import io.jcri.cri.v1.CheckpointContainerRequest;
import io.jcri.cri.v1.ContainerConfig;
import io.jcri.cri.v1.ContainerStatsRequest;
import io.jcri.cri.v1.FilesystemUsage;
import io.jcri.cri.v1.IDMapping;
import io.jcri.cri.v1.ImageSpec;
import io.jcri.cri.v1.NamespaceMode;
import io.jcri.cri.v1.PodSandboxConfig;
import io.jcri.cri.v1.RemoveImageRequest;
import io.jcri.it.kit.HandlerUnderTest;
import io.jcri.it.kit.Layer;
import io.jcri.it.kit.TarEntry;
import io.jcri.it.kit.TestImage;
import io.jcri.it.kit.TestImages;
import io.jcri.it.node.NewRunc;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A handler with {@code snapshot = "copy"}: root file systems that are plain directories. */
class CopiedRootTest {
  @RegisterExtension static final TestNode NODE = NewRunc.node();

  private static final String HANDLER = "copying";

  /** Makes an overlay, and tells what is in it. */
  private static final String OVERLAY =
      "mkdir /l /u /w /m && echo low > /l/f && touch /l/gone"
          + " && mount -t overlay none -o lowerdir=/l,upperdir=/u,workdir=/w /m"
          + " && rm /m/gone && echo up > /m/g && cat /m/f /m/g && ls /m && umount /m";

  private String image = "";

  @BeforeEach
  void offerTheHandler() throws IOException {
    NODE.daemon()
        .dropIn()
        .say(
            "[handlers.%s]\nsnapshot = \"copy\"\n%s\n"
                .formatted(HANDLER, HandlerUnderTest.named("runc").jcri(NODE.scratch())));
    image = NODE.load("copied", image());
  }

  private static TestImage image() throws IOException {
    return TestImages.busybox()
        .withLayer(
            Layer.of(
                TarEntry.directory("d", 01775).withOwner(1000, 2000),
                TarEntry.file("d/one", 04755, new byte[] {1}).withOwner(7, 8),
                TarEntry.hardLink("d/two", "d/one", 04755).withOwner(7, 8),
                TarEntry.symbolicLink("d/link", "/etc/group"),
                TarEntry.fifo("d/pipe", 0640),
                TarEntry.device(TarEntry.Type.CHARACTER_DEVICE, "d/null", 0666, 1, 3),
                TarEntry.file("d/old", "old"),
                TarEntry.directory("hidden", 0755),
                TarEntry.file("hidden/old", "old")))
        .withLayer(
            Layer.of(
                TarEntry.whiteout("d/old"),
                TarEntry.directory("hidden", 0700),
                TarEntry.opaque("hidden"),
                TarEntry.file("hidden/new", "new"),
                TarEntry.directory("alone", 0755),
                TarEntry.whiteout("alone/never")));
  }

  private TestPod pod() throws IOException {
    return NODE.pod(NODE.podConfig(), HANDLER);
  }

  private ContainerConfig.Builder config(TestPod pod) {
    ContainerConfig.Builder config = pod.container("sleep", "100000");
    config.getImageBuilder().setImage(image);
    return config;
  }

  private static Path snapshot(TestContainer container) {
    return NODE.daemon().root().resolve("image/snapshots").resolve(container.id());
  }

  private static String rootType(TestContainer container) {
    return container.sh("awk '$5 == \"/\"' /proc/self/mountinfo | sed 's/.* - //; s/ .*//'");
  }

  @Test
  void itHasAllThatTheImageHas() throws IOException {
    TestContainer container = pod().start(config(pod()));
    assertThat(rootType(container)).isNotEqualTo("overlay");
    assertThat(container.sh("cd /d && stat -c '%n %F %a %u:%g %h %Y' . one two pipe null"))
        .isEqualTo(
            """
            . directory 1775 1000:2000 2 %1$d
            one regular file 4755 7:8 2 %1$d
            two regular file 4755 7:8 2 %1$d
            pipe fifo 640 0:0 1 %1$d
            null character special file 666 0:0 1 %1$d\
            """
                .formatted(TarEntry.EPOCH.getEpochSecond()));
    assertThat(container.sh("readlink /d/link; echo x > /d/null; ls /hidden /alone; ls /d"))
        .isEqualTo("/etc/group\n/alone:\n\n/hidden:\nnew\nlink\nnull\none\npipe\ntwo");
    assertThat(container.sh("stat -c %a /hidden")).isEqualTo("700");
  }

  @Test
  void anOverlayCanBeMadeBelowTheRoot() throws IOException {
    PodSandboxConfig.Builder sandbox = NODE.podConfig();
    sandbox.getLinuxBuilder().getSecurityContextBuilder().setPrivileged(true);
    TestPod copying = NODE.pod(sandbox, HANDLER);
    TestContainer copied = copying.start(copying.privileged("sleep", "1000"));
    assertThat(copied.sh(OVERLAY)).isEqualTo("low\nup\nf\ng");
    TestPod layered = NODE.privilegedPod();
    TestContainer onOverlay = layered.start(layered.privileged("sleep", "1000"));
    assertThat(onOverlay.exec("sh", "-c", OVERLAY).exitCode()).isNotZero();
  }

  @Test
  void eachContainerHasItsOwnWhichGoesWithIt() throws IOException {
    TestPod pod = pod();
    TestContainer one = pod.start(config(pod));
    TestContainer two = pod.start(config(pod));
    one.sh("echo changed > /hidden/new; rm /d/one");
    assertThat(two.sh("cat /hidden/new; stat -c %h /d/one")).isEqualTo("new2");
    NODE.cri()
        .images()
        .removeImage(
            RemoveImageRequest.newBuilder()
                .setImage(ImageSpec.newBuilder().setImage(image))
                .build());
    assertThat(two.sh("cat /hidden/new")).isEqualTo("new");
    one.stop(0);
    one.remove();
    assertThat(snapshot(one)).doesNotExist();
    assertThat(two.sh("cat /hidden/new")).isEqualTo("new");
  }

  @Test
  void allOfItCountsAsTheContainers() throws IOException {
    TestPod pod = pod();
    TestContainer container = pod.start(config(pod));
    container.sh("dd if=/dev/zero of=/more bs=1M count=3 2>/dev/null");
    long ofImage = Files.size(snapshot(container).resolve("upper/bin/busybox"));
    FilesystemUsage usage =
        NODE.cri()
            .runtime()
            .containerStats(
                ContainerStatsRequest.newBuilder().setContainerId(container.id()).build())
            .getStats()
            .getWritableLayer();
    assertThat(usage.getUsedBytes().getValue()).isGreaterThanOrEqualTo(ofImage + (3 << 20));
  }

  @Test
  void itOutlivesADaemonAndTheHandler() throws IOException {
    TestPod pod = pod();
    TestContainer running = pod.start(config(pod));
    running.sh("echo kept > /kept");
    TestContainer created = pod.create(config(pod));
    NODE.daemon().kill();
    NODE.daemon().start();
    assertThat(running.sh("cat /kept")).isEqualTo("kept");
    created.start();
    assertThat(created.sh("cat /hidden/new")).isEqualTo("new");
    NODE.daemon().dropIn().takeBack();
    running.stop(0);
    running.remove();
    assertThat(snapshot(running)).doesNotExist();
  }

  @Test
  @EnabledIf("io.jcri.it.node.NewRunc#available")
  void inAUserNamespaceItsFilesAreThoseOfItsUsers() throws IOException {
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
    TestPod pod = NODE.pod(sandbox, HANDLER);
    TestContainer container = pod.start(config(pod));
    assertThat(rootType(container)).isNotEqualTo("overlay");
    assertThat(container.sh("stat -c '%a %u:%g' / /d /d/one /hidden"))
        .isEqualTo("755 0:0\n1775 1000:2000\n4755 7:8\n700 0:0");
    container.sh("echo x > /hidden/mine");
    assertThat(Files.getAttribute(snapshot(container).resolve("upper/hidden/mine"), "unix:uid"))
        .isEqualTo(300000);
    assertThat(Files.getAttribute(snapshot(container).resolve("upper/d"), "unix:uid"))
        .isEqualTo(301000);
  }

  @Test
  void aCheckpointIsRefused() throws IOException {
    TestPod pod = pod();
    TestContainer container = pod.start(config(pod));
    Path archive = NODE.scratch().disk().resolve("checkpoint.tar");
    assertRefused(
        () ->
            NODE.cri()
                .runtime()
                .checkpointContainer(
                    CheckpointContainerRequest.newBuilder()
                        .setContainerId(container.id())
                        .setLocation(archive.toString())
                        .build()),
        Code.FAILED_PRECONDITION,
        "snapshot = \"copy\"");
    assertThat(archive).doesNotExist();
    assertThat(container.sh("echo alive")).isEqualTo("alive");
  }
}
