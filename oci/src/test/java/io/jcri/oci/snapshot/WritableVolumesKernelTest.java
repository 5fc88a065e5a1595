package io.jcri.oci.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.oci.Digest;
import io.jcri.oci.OciException;
import io.jcri.oci.OciException.Kind;
import io.jcri.oci.archive.LayerPacker;
import io.jcri.oci.file.DiskUsage;
import io.jcri.oci.file.TreeCopy;
import io.jcri.oci.file.Trees;
import io.jcri.oci.file.VolumeLimits;
import io.jcri.oci.layer.LayerUnpackerKernelTest;
import io.jcri.oci.layer.TestLayers;
import io.jcri.oci.snapshot.Snapshotter.Options;
import io.jcri.oci.tar.Tars;
import io.jcri.sandbox.linux.Linux;
import io.jcri.sandbox.mount.Mounts;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WritableVolumesKernelTest {
  private static final WritableVolumes.Wish COPY = new WritableVolumes.Wish(true, 0, 0);

  private final Path temp;
  private final Mounts mounts = new Mounts(Linux.get());
  private final LayerStore layers;
  private final Snapshotter snapshots;
  private final WritableVolumes volumes;

  WritableVolumesKernelTest(@TempDir Path root) {
    temp = root;
    layers = new LayerStore(temp, Linux.get(), mounts);
    snapshots = new Snapshotter(temp, Linux.get(), mounts, layers);
    volumes = new WritableVolumes(Linux.get(), snapshots);
  }

  @AfterEach
  void unmount() throws IOException {
    mounts.unmountAllBelow(temp);
  }

  private Snapshot mounted(String key, byte[] tar, Options options) {
    List<Digest> stack = List.of(Digest.of(tar));
    TestLayers.unpack(layers, temp, stack, tar, () -> List.of());
    return snapshots.prepare(key, stack, options);
  }

  private Snapshot mounted(byte[] tar) {
    return mounted("a", tar, Options.DEFAULT);
  }

  private static Path at(Map<String, Path> made, String place) {
    return Objects.requireNonNull(made.get(place), place);
  }

  private static void refused(Kind kind, String message, Runnable call) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(OciException.class, e -> assertThat(e.kind()).isEqualTo(kind))
        .hasMessageContaining(message);
  }

  /** An archive of what a script makes in the working directory. */
  private byte[] tree(String script) throws IOException {
    Path source = Files.createDirectory(temp.resolve("source"));
    Commands.sh(source, script);
    Path archive = temp.resolve("archive");
    Commands.run(source, "tar", "-cSf", archive.toString(), ".");
    return Files.readAllBytes(archive);
  }

  @Test
  void aVolumeHasAllThatTheImageHasThere() throws IOException {
    Path source = temp.resolve("source");
    Commands.sh(
        Files.createDirectories(source.resolve("data")), LayerUnpackerKernelTest.SOURCE_TREE);
    ByteArrayOutputStream tar = new ByteArrayOutputStream();
    new LayerPacker(Linux.get()).pack(source, tar);
    Snapshot snapshot = mounted(tar.toByteArray());
    Map<String, Path> made = volumes.make("a", List.of("/data/t"), COPY);
    assertThat(made.keySet()).containsExactly("/data/t");
    assertThat(TreeListing.of(at(made, "/data/t")))
        .hasSizeGreaterThan(10)
        .isEqualTo(TreeListing.of(snapshot.rootfs().resolve("data/t")));
    assertThat(temp.resolve("snapshots/a").toFile().list())
        .containsExactlyInAnyOrder(
            "snapshot.json", "upper", "work", "rootfs", "volumes.json", "volumes");
  }

  @Test
  void holesStayHoles() throws IOException {
    mounted(tree("mkdir d; truncate -s 64M d/f; printf end >> d/f; truncate -s 128M d/f"));
    Path volume = at(volumes.make("a", List.of("/d"), COPY), "/d");
    Path file = volume.resolve("f");
    assertThat(Files.size(file)).isEqualTo(128 << 20);
    assertThat(Commands.run(temp, "sh", "-c", "tail -c +67108865 " + file + " | head -c 3"))
        .isEqualTo("end");
    assertThat(Trees.usage(Linux.get(), volume).bytes()).isLessThan(1 << 20);
  }

  @Test
  void noLinkOfTheImageLeadsOutOfIt() throws IOException {
    mounted(
        new Tars()
            .file("etc/only-mine", "x")
            .symlink("up", "../../../../../../../../etc")
            .symlink("absolute", "/etc")
            .symlink("etc/inside", "/etc/passwd")
            .symlink("magic", "/proc/self/root")
            .build());
    Map<String, Path> made = volumes.make("a", List.of("/absolute", "/up", "/magic"), COPY);
    assertThat(at(made, "/up").toFile().list()).containsExactlyInAnyOrder("only-mine", "inside");
    assertThat(at(made, "/absolute").toFile().list())
        .containsExactlyInAnyOrder("only-mine", "inside");
    assertThat(Files.readSymbolicLink(at(made, "/up").resolve("inside")))
        .isEqualTo(Path.of("/etc/passwd"));
    assertThat(at(made, "/magic")).isEmptyDirectory();
  }

  @Test
  void aPlaceWithoutADirectoryGetsOneOfItsOwnOrNone() throws IOException {
    mounted(
        new Tars()
            .file("file", "x")
            .symlink("loop", "loop")
            .device("pipe", (byte) '6', 0, 0)
            .build());
    Map<String, Path> made =
        volumes.make(
            "a",
            List.of("/file", "/file/below", "/loop", "/new/deep", "/pipe"),
            new WritableVolumes.Wish(true, 7, 8));
    assertThat(made.keySet()).containsExactly("/new/deep");
    assertThat(TreeListing.of(at(made, "/new/deep")).get("")).startsWith("40755 7:8 ");
  }

  @Test
  void withoutACopyOnlyMissingDirectoriesAreMade() {
    mounted(new Tars().file("there/f", "x").build());
    Map<String, Path> made =
        volumes.make("a", List.of("/there", "/missing"), new WritableVolumes.Wish(false, 0, 0));
    assertThat(made.keySet()).containsExactly("/missing");
    assertThat(at(made, "/missing")).isEmptyDirectory();
  }

  @Test
  void aHoleOfTerabytesIsNoContent() throws IOException {
    mounted(tree("mkdir d; truncate -s 2T d/f; printf end >> d/f; truncate -s 3T d/f"));
    Path volume = at(volumes.make("a", List.of("/d"), COPY), "/d");
    assertThat(Files.size(volume.resolve("f"))).isEqualTo(3L << 40);
    assertThat(Trees.usage(Linux.get(), volume).bytes()).isLessThan(1 << 20);
  }

  @Test
  void aTreeThatIsTooDeepIsRefusedAndGoesWithTheSnapshot() throws IOException {
    mounted(tree("mkdir -p d/" + "x/".repeat(VolumeLimits.MAX_DEPTH + 1)));
    refused(
        Kind.RESOURCE_EXHAUSTED, "directories deep", () -> volumes.make("a", List.of("/d"), COPY));
    snapshots.remove("a");
    assertThat(temp.resolve("snapshots")).isEmptyDirectory();
  }

  private void copyIsRefused(long bytes, long files, String message) throws IOException {
    try (var from = Linux.get().open(temp.resolve("from").toString(), 0, 0);
        var to = Linux.get().open(temp.resolve("to").toString(), 0, 0);
        var links = Linux.get().open(temp.resolve("links").toString(), 0, 0);
        TreeCopy copy =
            new TreeCopy(Linux.get(), links, new TreeCopy.Budget("volume", bytes, files))) {
      refused(
          Kind.RESOURCE_EXHAUSTED,
          message,
          () -> {
            try {
              copy.copy(from, to, "/v");
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    }
  }

  @Test
  void filesAreCounted() throws IOException {
    Commands.sh(temp, "mkdir from to links; cd from; touch a b c d");
    copyIsRefused(100, 3, "too many files");
    assertThat(temp.resolve("to").toFile().list()).hasSize(3);
  }

  @Test
  void dataIsCountedAndTooMuchIsRefusedAtOnce() throws IOException {
    Commands.sh(temp, "mkdir from to links; head -c 300000 /dev/urandom > from/f");
    copyIsRefused(299_999, 3, "/v/f is too large");
    assertThat(temp.resolve("to")).isEmptyDirectory();
  }

  @Test
  void theirSpaceIsTheContainers() throws IOException {
    mounted(new Tars().directory("d", 0755).build());
    Path volume = at(volumes.make("a", List.of("/d"), COPY), "/d");
    DiskUsage before = snapshots.usage("a");
    Files.write(volume.resolve("f"), new byte[1 << 20]);
    assertThat(snapshots.usage("a").bytes() - before.bytes()).isGreaterThanOrEqualTo(1 << 20);
    assertThat(snapshots.usage("a").inodes() - before.inodes()).isEqualTo(1);
  }

  @Test
  void ownersAreThoseOfTheUserNamespace() throws Exception {
    byte[] tar = new Tars().directory("d", 0750).file("d/f", "x", 0644, 5, 6, Map.of()).build();
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
      mounted("m", tar, new Options(false, Optional.of(proc.resolve("ns/user"))));
      Map<String, Path> made =
          volumes.make("m", List.of("/d", "/e"), new WritableVolumes.Wish(true, 100000, 100000));
      var tree = TreeListing.of(at(made, "/d"));
      assertThat(tree.get("")).startsWith("40750 100000:100000");
      assertThat(tree.get("f")).startsWith("100644 100005:100006");
      assertThat(TreeListing.of(at(made, "/e")).get("")).startsWith("40755 100000:100000");
    } finally {
      holder.destroyForcibly().waitFor();
    }
  }

  private byte[] packed(String key) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    volumes.pack(key, out);
    return out.toByteArray();
  }

  @Test
  void anotherContainersContentTakesTheirPlace() throws IOException {
    byte[] image = new Tars().file("d/image", "x").directory("e", 0755).build();
    mounted("a", image, Options.DEFAULT);
    mounted("b", image, Options.DEFAULT);
    List<String> places = List.of("/d", "/e");
    Map<String, Path> first = volumes.make("a", places, COPY);
    Files.writeString(at(first, "/d").resolve("written"), "y");
    Files.delete(at(first, "/d").resolve("image"));
    Map<String, Path> second = volumes.make("b", places, COPY);
    byte[] archive = packed("a");
    assertThat(volumes.unpack("b", new ByteArrayInputStream(archive), archive.length))
        .containsExactlyElementsOf(second.values());
    assertThat(at(second, "/d").toFile().list()).containsExactly("written");
    assertThat(TreeListing.of(temp.resolve("snapshots/b/volumes")))
        .isEqualTo(TreeListing.of(temp.resolve("snapshots/a/volumes")));
  }

  @Test
  void anArchiveOfOtherVolumesIsRefused() {
    mounted(new Tars().directory("d", 0755).build());
    Path volume = at(volumes.make("a", List.of("/d"), COPY), "/d");
    for (byte[] hostile :
        List.of(
            new Tars().symlink("0", "/etc").build(),
            new Tars().file("0", "x").build(),
            new Tars().directory("0", 0755).directory("1", 0755).build(),
            new Tars().directory("1", 0755).build())) {
      refused(
          Kind.INVALID,
          "archive",
          () -> volumes.unpack("a", new ByteArrayInputStream(hostile), hostile.length));
      Commands.run(temp, "rm", "-r", "snapshots/a/volumes-unpacked");
    }
    assertThat(volume).isEmptyDirectory();
  }
}
