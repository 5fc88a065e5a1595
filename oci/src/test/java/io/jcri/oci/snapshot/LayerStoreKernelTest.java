package io.jcri.oci.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.oci.Digest;
import io.jcri.oci.file.DiskUsage;
import io.jcri.oci.file.Trees;
import io.jcri.oci.layer.Layer;
import io.jcri.oci.layer.TestLayers;
import io.jcri.oci.tar.Tars;
import io.jcri.sandbox.linux.Errno;
import io.jcri.sandbox.linux.ErrnoException;
import io.jcri.sandbox.linux.Linux;
import io.jcri.sandbox.mount.Mounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens to layers at the same time, and what is found of an earlier daemon's. */
class LayerStoreKernelTest {

  private static final byte[] TAR = new Tars().file("f", "x").build();

  @TempDir Path temp;
  private final Mounts mounts = new Mounts(Linux.get());

  @AfterEach
  void unmount() throws IOException {
    mounts.unmountAllBelow(temp);
  }

  private LayerStore open() {
    return new LayerStore(temp, Linux.get(), mounts);
  }

  private Layer unpack(LayerStore store, byte[] tar) {
    return TestLayers.unpack(store, temp, List.of(Digest.of(tar)), tar, List::of);
  }

  @Test
  void whatADaemonOfTheSamePidLeftIsNoPartOfALayer() throws IOException {
    for (int i = 1; i < 4; i++) {
      String name = "new-" + i + "-" + ProcessHandle.current().pid();
      Files.createDirectories(temp.resolve("layers").resolve(name).resolve("diff/stale"));
    }
    Layer layer = unpack(open(), TAR);
    assertThat(layer.directory().toFile().list()).containsExactly("f");
  }

  @Test
  void aLayerThatIsTakenAwayWhileItIsReadStaysAway() throws Exception {
    for (int round = 0; round < 200; round++) {
      Layer _ = unpack(open(), TAR);
      LayerStore store = open();
      CountDownLatch go = new CountDownLatch(1);
      Thread reader =
          Thread.ofPlatform()
              .start(() -> {
                await(go);
                assertThat(store.list()).hasSizeLessThan(2);
              });
      go.countDown();
      List<Path> gone = store.retain(Set.of());
      reader.join();
      store.delete(gone);
      assertThat(store.seemsToHave(List.of(Digest.of(TAR)))).as("round %d", round).isFalse();
      assertThat(store.usage()).isEqualTo(DiskUsage.NONE);
    }
  }

  @Test
  void twoWhoBringTheSameLayerGetOne() throws Exception {
    for (int round = 0; round < 50; round++) {
      LayerStore store = open();
      byte[] tar = new Tars().file("f", "round " + round).build();
      CountDownLatch go = new CountDownLatch(1);
      CompletableFuture<Layer> other = new CompletableFuture<>();
      Thread second =
          Thread.ofPlatform()
              .start(() -> {
                await(go);
                try {
                  boolean _ = other.complete(unpack(store, tar));
                } catch (RuntimeException e) {
                  boolean _ = other.completeExceptionally(e);
                }
              });
      go.countDown();
      Layer mine = unpack(store, tar);
      second.join();
      assertThat(other.get()).isEqualTo(mine);
      assertThat(temp.resolve("layers").toFile().list()).hasSize(round + 1);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aTreeIsNotDeletedAcrossAMount() throws IOException {
    Path shown = Files.createDirectories(temp.resolve("shown"));
    Files.writeString(shown.resolve("kept"), "x");
    Path tree = temp.resolve("tree");
    Path place = Files.createDirectories(tree.resolve("a/place"));
    mounts.bind(shown, place, false);
    assertThatThrownBy(() -> Trees.delete(Linux.get(), tree))
        .isInstanceOfSatisfying(ErrnoException.class, e -> assertThat(e.is(Errno.EBUSY)).isTrue());
    assertThat(shown.resolve("kept")).exists();
    mounts.unmount(place);
    Trees.delete(Linux.get(), tree);
    assertThat(tree).doesNotExist();
    assertThat(shown.resolve("kept")).exists();
  }
}
