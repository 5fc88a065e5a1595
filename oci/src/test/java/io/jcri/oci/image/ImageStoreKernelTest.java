package io.jcri.oci.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.oci.Digest;
import io.jcri.oci.snapshot.Commands;
import io.jcri.oci.snapshot.Snapshot;
import io.jcri.oci.snapshot.Snapshotter;
import io.jcri.oci.snapshot.TreeListing;
import io.jcri.oci.tar.Tars;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class ImageStoreKernelTest extends ImageStoreFixture {
  @Test
  void anImageIsPulledFoundAndRemoved() throws IOException {
    registry.serve(
        NAME,
        smallImage()
            .config("User", "1000:2000")
            .config("Env", List.of("A=b"))
            .config("Entrypoint", List.of("/run"))
            .config("Volumes", Map.of("/data", Map.of()))
            .config("ExposedPorts", Map.of("80/tcp", Map.of()))
            .config("Labels", Map.of("maintainer", "me"))
            .config("StopSignal", "SIGQUIT"));
    ImageStore store = open();
    Image image = pull(store, NAME);
    assertThat(image.repoTags()).containsExactly(NAME);
    assertThat(image.repoDigests())
        .singleElement()
        .asString()
        .startsWith("registry.test/app@sha256:");
    assertThat(image.user()).isEqualTo("1000:2000");
    ImageConfig config = store.config(image);
    assertThat(config.user()).isEqualTo("1000:2000");
    assertThat(config.env()).containsExactly("A=b");
    assertThat(config.entrypoint()).containsExactly("/run");
    assertThat(config.volumes()).containsExactly("/data");
    assertThat(config.exposedPorts()).containsExactly("80/tcp");
    assertThat(config.stopSignal()).isEqualTo("SIGQUIT");
    assertThat(store.labels(image)).isEqualTo(Map.of("maintainer", "me"));
    assertThat(image.size()).isPositive();
    for (String text :
        List.of(
            NAME,
            image.id(),
            image.id().substring(7),
            image.id().substring(0, 15),
            image.id().substring(7, 17),
            image.repoDigests().getFirst())) {
      assertThat(store.find(text)).as(text).contains(image);
    }
    assertThat(store.find("registry.test/app:2")).isEmpty();
    long du =
        Long.parseLong(
            Commands.sh(temp, "du -sc -B1 s/layers/* s/images/* | tail -1").split("\t", -1)[0]);
    assertThat(store.usage().bytes()).isEqualTo(du);
    assertThat(store.remove(image.id())).containsExactly(NAME, image.repoDigests().getFirst());
    assertThat(store.remove(image.id())).isEmpty();
    assertThat(store.list()).isEmpty();
    assertNothingIsLeft(store);
  }

  /** By them the node knows whose image a container's volume is. */
  @Test
  void anImageHasTheLayersThatASnapshotOfItHas() throws IOException {
    TestImage image =
        smallImage().layer(new Tars().file(".wh..wh..opq", "").file("only", "this").build());
    registry.serve(NAME, image);
    ImageStore store = open();
    Image pulled = pull(store, NAME);
    Snapshot snapshot =
        store
            .snapshots()
            .prepare(
                "c",
                pulled.diffIds(),
                new Snapshotter.Options(
                    true, false, Optional.empty(), Optional.empty(), Optional.empty()));
    assertThat(snapshot.layerKeys()).hasSize(1);
    assertThat(store.layerKeys(pulled)).contains(snapshot.layerKeys());
    store.removeSnapshot("c");
  }

  @Test
  void aRootFileSystemIsThatOfUmoci() throws IOException {
    TestImage image = trickyImage();
    registry.serve(NAME, image);
    image.writeLayout(temp.resolve("layout"), image.build(), "t");
    Commands.run(temp, "umoci", "unpack", "--image", "layout:t", "bundle");
    ImageStore store = open();
    Image pulled = pull(store, NAME);
    Snapshot snapshot =
        store.snapshots().prepare("c1", pulled.diffIds(), Snapshotter.Options.DEFAULT);
    SortedMap<String, String> expected = TreeListing.of(temp.resolve("bundle/rootfs"));
    SortedMap<String, String> actual = TreeListing.of(snapshot.rootfs());
    assertThat(actual.keySet()).isEqualTo(expected.keySet());
    for (String path : expected.keySet()) {
      // A directory that overlayfs merges has the time of its upper part.
      assertThat(actual.get(path)).as(path).isEqualTo(expected.get(path));
    }
    store.removeSnapshot("c1");
    assertThat(mounts.below(temp)).isEmpty();
  }

  static TestImage trickyImage() {
    return new TestImage()
        .layer(
            new Tars()
                .directory(".", 0755)
                .directory("usr", 0755)
                .directory("usr/lib", 0751)
                .file("usr/lib/a", "a", 04755, 3, 4, Map.of("SCHILY.xattr.user.x", "y"))
                .file("usr/lib/gone", "x")
                .symlink("lib", "usr/lib")
                .directory("var", 0755)
                .directory("var/cache", 0700)
                .file("var/cache/old", "x")
                .directory("swap", 0755)
                .file("swap/below", "x")
                .directory("tmp", 01777)
                .file("data", "first")
                .build())
        .layer(
            new Tars()
                // No entries for the directories: their attributes are those of the layer below.
                .file("usr/lib/.wh.gone", "")
                .file("tmp/file", "t")
                .hardLink("usr/hard", "usr/lib/a")
                .build())
        .layer(
            new Tars()
                .file("lib/through-link", "x")
                .directory("var", 0755)
                .directory("var/cache", 0711)
                .file("var/cache/.wh..wh..opq", "")
                .file("var/cache/new", "n")
                .file(".wh.swap", "")
                .file("data", "second")
                .build())
        .layer(new Tars().file("swap", "now a file").build());
  }

  @Test
  void nothingIsFetchedTwice() throws Exception {
    TestImage image = smallImage();
    registry.serve(NAME, image).serve("other.test/copy:2", image);
    ImageStore store = open();
    CountDownLatch start = new CountDownLatch(1);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Image>> pulls = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        pulls.add(
            threads.submit(() -> {
              start.await();
              return pull(store, NAME);
            }));
      }
      start.countDown();
      for (Future<Image> pull : pulls) {
        assertThat(pull.get().repoTags()).containsExactly(NAME);
      }
    }
    Image copy = pull(store, "other.test/copy:2");
    assertThat(copy.repoTags()).containsExactly("other.test/copy:2", NAME);
    for (Digest blob : layerBlobs(image)) {
      assertThat(registry.askedFor(blob)).isEqualTo(1);
    }
    assertThat(store.list()).containsExactly(copy);
  }

  @Test
  void layersInUseStayUntilTheirSnapshotGoes() throws IOException {
    registry.serve(NAME, smallImage());
    ImageStore store = open();
    Image image = pull(store, NAME);
    Snapshot snapshot =
        store.snapshots().prepare("c", image.diffIds(), Snapshotter.Options.DEFAULT);
    Files.writeString(snapshot.rootfs().resolve("etc/three"), "3");
    assertThat(store.remove(NAME)).isNotEmpty();
    assertThat(Files.readString(snapshot.rootfs().resolve("etc/one"))).isEqualTo("1");
    assertThat(store.snapshots().usage("c").bytes()).isPositive();
    ImageStore reopened = open();
    assertThat(
            Files.readString(
                reopened.snapshots().find("c").orElseThrow().rootfs().resolve("etc/three")))
        .isEqualTo("3");
    reopened.removeSnapshot("c");
    reopened.removeSnapshot("c");
    assertNothingIsLeft(reopened);
    assertThat(temp.resolve("s/snapshots")).isEmptyDirectory();
  }

  @Test
  void aTagMovesToTheImageThatWasPulledLast() {
    registry.serve(NAME, smallImage());
    ImageStore store = open();
    Image first = pull(store, NAME);
    registry.serve(NAME, smallImage().config("User", "other"));
    Image second = pull(store, NAME);
    assertThat(store.find(NAME)).contains(second);
    assertThat(store.find(first.id()).orElseThrow().repoTags()).isEmpty();
    assertThat(store.find(first.id()).orElseThrow().repoDigests()).isEqualTo(first.repoDigests());
    assertThat(open().list()).hasSize(2).contains(second);
  }

  @Test
  void anImageWithoutLayersCanBeMounted() throws IOException {
    registry.serve(NAME, new TestImage());
    ImageStore store = open();
    Image image = pull(store, NAME);
    assertThat(image.size()).isPositive();
    Snapshot snapshot =
        store.snapshots().prepare("empty", image.diffIds(), Snapshotter.Options.DEFAULT);
    Files.writeString(snapshot.rootfs().resolve("f"), "x");
    store.removeSnapshot("empty");
  }

  @Test
  void archivesAreImported() throws IOException {
    TestImage image = trickyImage();
    image.writeLayout(temp.resolve("layout"), image.build(), "registry.test/loaded:1");
    Commands.sh(
        temp,
        """
        tar -C layout -cf oci.tar .
        zstd -q oci.tar -o oci.tar.zst
        skopeo copy -q oci:layout:registry.test/loaded:1 docker-archive:docker.tar:registry.test/docker:2
        """);
    ImageStore store = open();
    Image loaded = load(store, "oci.tar.zst");
    assertThat(loaded.repoTags()).containsExactly("registry.test/loaded:1");
    assertThat(loaded.repoDigests()).hasSize(1);
    Image docker = load(store, "docker.tar");
    assertThat(docker.repoTags()).contains("registry.test/docker:2");
    assertThat(docker.diffIds()).isEqualTo(loaded.diffIds());
    store.list().forEach(i -> store.remove(i.id()));
    assertNothingIsLeft(store);
    assertThatThrownBy(
            () -> store.importArchive(new ByteArrayInputStream(new Tars().file("x", "y").build())))
        .hasMessageContaining("neither index.json nor manifest.json");
    assertNothingIsLeft(store);
  }

  private Image load(ImageStore store, String file) throws IOException {
    try (InputStream in = Files.newInputStream(temp.resolve(file))) {
      return store.importArchive(in).getFirst();
    }
  }

  @Test
  void pinsSurviveARestart() {
    registry.serve(NAME, smallImage());
    ImageStore store = open();
    assertThat(pull(store, NAME).pinned()).isFalse();
    assertThat(store.pin(NAME, true).pinned()).isTrue();
    assertThat(open().find(NAME).orElseThrow().pinned()).isTrue();
    assertThat(pull(open(), NAME).pinned()).isTrue();
  }
}
