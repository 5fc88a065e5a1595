package io.jcri.oci.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.oci.Digest;
import io.jcri.oci.OciException;
import io.jcri.oci.manifest.ImageReference;
import io.jcri.oci.manifest.Platform;
import io.jcri.oci.signature.ImageTrust;
import io.jcri.oci.snapshot.LayerStore;
import io.jcri.sandbox.linux.Linux;
import io.jcri.sandbox.mount.Mounts;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store whose disk does not give what is on it. */
class UnreadableImagesTest {
  private static final String TAG = "a.test/x:1";

  @TempDir Path root;

  private ImageStore open() throws InterruptedException {
    ImageStore store =
        ImageStore.open(
            root,
            new DirectFetcher(
                root,
                DirectFetcher.Options.DEFAULT,
                FakeRegistry::new,
                Linux.get(),
                new Mounts(Linux.get())),
            new ImageTrust(Optional.empty(), Optional.empty()),
            Linux.get(),
            new Mounts(Linux.get()));
    awaitClean();
    return store;
  }

  private static void awaitClean() throws InterruptedException {
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().equals("jcri-image-clean")) {
        thread.join();
      }
    }
  }

  /** An image without layers. */
  private Image write(String config, Instant created, String... tags) {
    return write(config, List.of(), created, tags);
  }

  private Image write(String config, List<Digest> layers, Instant created, String... tags) {
    byte[] bytes = config.getBytes(StandardCharsets.UTF_8);
    Image image =
        new Image(
            Digest.of(bytes).toString(),
            List.of(tags),
            List.of(),
            1,
            "",
            new Platform("linux", "amd64"),
            layers,
            Optional.empty(),
            false,
            created,
            List.of());
    new ImageRecords(root).write(image, bytes, List.of());
    return image;
  }

  private static void isUnavailable(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            OciException.class, e -> assertThat(e.kind()).isEqualTo(OciException.Kind.UNAVAILABLE))
        .hasMessageContaining("list");
  }

  @Test
  void aTagOfTwoImagesIsTheLaterOnes() throws Exception {
    Image before = write("{}", Instant.EPOCH, TAG, "a.test/x:old");
    Image after = write("{\"a\":1}", Instant.EPOCH.plusSeconds(1), TAG);
    ImageStore store = open();
    assertThat(store.find(TAG)).contains(after);
    assertThat(store.find(before.id()).orElseThrow().repoTags()).containsExactly("a.test/x:old");
    assertThat(store.remove(TAG)).containsExactly(TAG);
    assertThat(open().find(TAG)).as("on the disk too").isEmpty();
    assertThat(open().list()).hasSize(1);
  }

  @Test
  void aTagThatWentBackToAnOlderImageStaysThere() throws Exception {
    Image older = write("{}", Instant.EPOCH, "a.test/x:old");
    Image newer = write("{\"a\":1}", Instant.EPOCH.plusSeconds(1), TAG, "a.test/x:new");
    Path record = new ImageRecords(root).file(newer.id());
    Files.setLastModifiedTime(record, FileTime.from(Instant.EPOCH));
    Path aside = Files.move(record, root.resolve("aside"));
    Files.writeString(record, "unreadable");
    Image _ = open().tag(older.id(), TAG);

    Files.move(aside, record, StandardCopyOption.REPLACE_EXISTING);
    for (int start = 0; start < 2; start++) {
      ImageStore store = open();
      assertThat(store.find(TAG).orElseThrow().id()).isEqualTo(older.id());
      assertThat(store.find(newer.id()).orElseThrow().repoTags()).containsExactly("a.test/x:new");
    }
  }

  @Test
  void withoutItsRecordsTheStoreOpensAndSaysSo() throws Exception {
    Image image = write("{}", Instant.EPOCH, TAG);
    Path records = root.resolve("images");
    Path aside = Files.move(records, root.resolve("aside"));
    Files.writeString(records, "no directory");
    Path layer = Files.createDirectories(root.resolve("layers/" + "a".repeat(64) + "/diff"));

    ImageStore store = open();
    isUnavailable(store::list);
    isUnavailable(() -> store.find(TAG));
    isUnavailable(() -> store.remove(TAG));
    isUnavailable(() ->
        store.pull(
            new PullRequest(
                ImageReference.parse(TAG), Optional.empty(), new Platform("linux", "amd64")),
            PullProgress.NONE));
    assertThat(store.usage().bytes()).isNotNegative();
    store.removeSnapshot("container");
    assertThat(layer).as("whose it is, nobody knows").exists();

    Files.delete(records);
    Files.move(aside, records);
    assertThat(store.find(TAG)).as("once the disk is well").contains(image);
  }

  /** The layers are looked at behind: images may be listed before it is known which are damaged. */
  @Test
  void imagesThatAreListedLateAreLookedAtToo() throws Exception {
    Digest damaged = Digest.parse("sha256:" + "a".repeat(64));
    Image lost = write("{}", List.of(damaged), Instant.EPOCH, TAG);
    Image whole = write("{\"a\":1}", Instant.EPOCH);
    Files.createDirectories(root.resolve("layers/" + damaged.hex() + "/diff"));
    Path records = root.resolve("images");
    Path aside = Files.move(records, root.resolve("aside"));
    Files.writeString(records, "no directory");
    LayerStore layers = new LayerStore(root, Linux.get(), new Mounts(Linux.get()));
    ImageBook book = new ImageBook(root, layers, InstantSource.system());
    book.forgetIncomplete();
    isUnavailable(book::catalog);

    Files.delete(records);
    Files.move(aside, records);
    Catalog _ = book.catalog();
    awaitClean();
    assertThat(book.catalog().images()).containsExactly(whole);
    assertThat(new ImageRecords(root).file(lost.id())).doesNotExist();
  }

  @Test
  void withoutItsLayersNoImageIsForgotten() throws Exception {
    write("{}", Instant.EPOCH, TAG);
    Files.createDirectories(root.resolve("snapshots"));
    Files.writeString(root.resolve("layers"), "no directory");
    ImageStore store = open();
    isUnavailable(() -> store.find(TAG));
    store.removeSnapshot("container");
    Files.delete(root.resolve("layers"));
    assertThat(open().find(TAG)).isPresent();
  }

  @Test
  void withoutItsSnapshotsImagesAreThereAndNoLayerGoes() throws Exception {
    write("{}", Instant.EPOCH, TAG);
    Path layer = root.resolve("layers/" + "a".repeat(64));
    Files.createDirectories(layer.resolve("diff"));
    Path snapshots = root.resolve("snapshots");
    Files.writeString(snapshots, "no directory");
    ImageStore store = open();
    assertThat(store.remove(TAG)).containsExactly(TAG);
    assertThat(layer).exists();
  }
}
