package io.jcri.oci.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.oci.Digest;
import io.jcri.oci.OciException;
import io.jcri.oci.OciException.Kind;
import io.jcri.oci.snapshot.Snapshotter.Options;
import io.jcri.oci.tar.Tars;
import io.jcri.sandbox.linux.Linux;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CopiedSnapshotKernelTest extends SnapshotFixture {
  private static final Options COPY = copy(Optional.empty());

  CopiedSnapshotKernelTest(@TempDir Path root) {
    super(root);
  }

  private static Options copy(Optional<Path> userNamespace) {
    return new Options(false, true, userNamespace, Optional.empty(), Optional.empty());
  }

  /** The archive of what a shell makes. */
  private byte[] made(String commands) throws IOException {
    Path folder = Files.createDirectory(temp.resolve("tree" + System.nanoTime()));
    Commands.sh(folder, commands);
    Commands.sh(temp, "tar --xattrs --sparse -cf made.tar -C " + folder + " .");
    return Files.readAllBytes(temp.resolve("made.tar"));
  }

  @Test
  void itIsWhatAnOverlayShows() throws IOException {
    List<Digest> image =
        unpack(
            made(
                "mkdir d gone; echo 1 > d/f; ln d/f d/g; ln d/f d/h; ln -s f d/l; mkfifo d/p; mknod"
                    + " d/n c 1 3; touch gone/x d/old; truncate -s 64M d/hole; setfattr -n user.x"
                    + " -v y d/f; chown -R 5:6 d; chmod 6755 d/f; chmod 2711 .; touch -d"
                    + " 2001-02-03T04:05:06.7 d/f d"),
            new Tars()
                .file("d/.wh.old", "")
                .file(".wh.gone", "")
                .file("top", "t", 0600, 7, 8, Map.of())
                .build());
    Snapshot overlay = snapshots.prepare("overlay", image, Options.DEFAULT);
    Snapshot copy = snapshots.prepare("copy", image, COPY);
    assertThat(mounts.holding(copy.rootfs()).type()).isNotEqualTo("overlay");
    Map<String, String> expected = TreeListing.of(overlay.rootfs());
    assertThat(expected).containsKeys("d/f", "d/g", "d/hole", "top");
    assertThat(TreeListing.of(copy.rootfs())).isEqualTo(expected);
    assertThat(Files.getAttribute(copy.rootfs().resolve("d/h"), "unix:nlink")).isEqualTo(3);
    assertThat(snapshots.usage("copy").bytes()).isBetween(1L, 1L << 20);
    assertThat(temp.resolve("snapshots/copy").toFile().list())
        .containsExactlyInAnyOrder("rootfs", "snapshot.json", "upper");
  }

  /** An overlay lists a whiteout in a directory that one layer alone has, and finds nothing. */
  @Test
  void aWhiteoutOfNothingIsNoFile() throws IOException {
    List<Digest> image = unpack(new Tars().file("d/.wh.never", "").file("d/f", "x").build());
    Snapshot copy = snapshots.prepare("a", image, COPY);
    assertThat(copy.rootfs().resolve("d").toFile().list()).containsExactly("f");
  }

  @Test
  void whatIsChangedStaysAndTheImageDoesNotChange() throws IOException {
    List<Digest> image = unpack(new Tars().file("f", "image").file("g", "image").build());
    Snapshot copy = snapshots.prepare("a", image, COPY);
    Files.writeString(copy.rootfs().resolve("f"), "changed");
    Files.delete(copy.rootfs().resolve("g"));
    mounts.unmount(copy.rootfs());
    open();
    assertThat(snapshots.find("a")).contains(copy);
    snapshots.collect(List::of);
    snapshots.remount("a", Optional.empty());
    snapshots.remount("a", Optional.empty());
    assertThat(mounts.below(temp)).hasSize(1);
    assertThat(copy.rootfs().toFile().list()).containsExactly("f");
    assertThat(copy.rootfs().resolve("f")).hasContent("changed");
    assertThat(layers.find(image).orElseThrow().directory().resolve("f")).hasContent("image");
    snapshots.remove("a");
    assertThat(temp.resolve("snapshots")).isEmptyDirectory();
    assertThat(mounts.below(temp)).isEmpty();
  }

  @Test
  void aFullDiskIsToldAndNothingIsLeft() throws IOException {
    mounts.tmpfs(temp, 3 << 20, 0700);
    open();
    String content = "0123456789abcdef".repeat(2 << 16);
    List<Digest> image = unpack(new Tars().file("f", content).build());
    assertThatThrownBy(() -> snapshots.prepare("a", image, COPY))
        .hasMessageContaining("snapshot a")
        .hasMessageContaining("No space left on device")
        .isInstanceOfSatisfying(
            OciException.class, e -> assertThat(e.kind()).isEqualTo(Kind.RESOURCE_EXHAUSTED));
    assertThat(temp.resolve("snapshots")).isEmptyDirectory();
    assertThat(mounts.below(temp)).hasSize(1);
    assertThat(snapshots.prepare("b", image, Options.DEFAULT).rootfs().resolve("f"))
        .hasContent(content);
  }

  @Test
  void changesCanNeitherBeToldNorTakenIn() {
    List<Digest> image = unpack(new Tars().file("f", "image").build());
    Snapshot _ = snapshots.prepare("a", image, COPY);
    WritableLayers writable = new WritableLayers(Linux.get(), mounts, snapshots);
    for (Runnable call :
        List.<Runnable>of(
            () -> writable.requireChanges("a"),
            () -> writable.pack("a", new ByteArrayOutputStream()),
            () ->
                writable.unpack(
                    "a", new ByteArrayInputStream(new byte[1024]), 1024, Optional.empty()))) {
      assertThatThrownBy(call::run)
          .hasMessageContaining("snapshot = \"copy\"")
          .isInstanceOfSatisfying(
              OciException.class, e -> assertThat(e.kind()).isEqualTo(Kind.FAILED_PRECONDITION));
    }
  }

  @Test
  void inAUserNamespaceItHasTheNamespacesIdsAndCapabilities() throws Exception {
    List<Digest> image =
        unpack(
            made(
                "echo x > f; chown 5:6 f; cp /bin/true t; setcap cap_net_raw+ep t;"
                    + " chmod 755 .; chown 9:9 ."),
            new Tars().file("alone", "x").build());
    Process holder =
        new ProcessBuilder("unshare", "-U", "sleep", "60").redirectErrorStream(true).start();
    try {
      Path proc = Path.of("/proc/" + holder.pid());
      while (Files.readSymbolicLink(proc.resolve("ns/user"))
          .equals(Files.readSymbolicLink(Path.of("/proc/self/ns/user")))) {
        assertThat(holder.waitFor(1, TimeUnit.MILLISECONDS)).isFalse();
      }
      Files.writeString(proc.resolve("uid_map"), "0 100000 65536");
      Files.writeString(proc.resolve("gid_map"), "0 100000 65536");
      Optional<Path> namespace = Optional.of(proc.resolve("ns/user"));
      Snapshot overlay = snapshots.prepare("o", image, new Options(false, namespace));
      Snapshot copy = snapshots.prepare("c", image, copy(namespace));
      Map<String, String> shown = TreeListing.of(copy.rootfs());
      assertThat(shown).isEqualTo(TreeListing.of(overlay.rootfs()));
      assertThat(shown.get("f")).startsWith("100644 100005:100006");
      assertThat(Commands.sh(copy.rootfs(), "getcap -n t"))
          .contains("cap_net_raw=ep [rootid=100000]");
    } finally {
      holder.destroyForcibly().waitFor();
    }
  }
}
