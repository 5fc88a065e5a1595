package io.jcri.oci.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.oci.snapshot.Snapshotter;
import io.jcri.oci.tar.Tars;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a daemon finds of images that the one before it has left. */
class LeftRecordsKernelTest extends ImageStoreFixture {
  @Test
  void aRecordThatCannotBeReadKeepsAllLayersUntilItIsRemovedOrWrittenAnew() throws Exception {
    registry.serve(NAME, smallImage()).serve("registry.test/b:1", smallImage().config("User", "b"));
    Image image = pull(open(), NAME);
    Path record = temp.resolve("s/images/" + image.id().substring(7) + ".json");
    Path layer = temp.resolve("s/layers/" + image.diffIds().getFirst().hex() + "/diff");
    String whole = Files.readString(record);
    Files.writeString(record, whole.replace("linux", "LINUX"));
    ImageStore store = open();
    Image other = pull(store, "registry.test/b:1");
    assertThat(store.remove(other.id())).isNotEmpty();
    assertThat(layer).exists();
    assertThat(pull(store, NAME).id()).isEqualTo(image.id());
    assertThat(open().list()).singleElement().returns(image.id(), Image::id);

    Files.delete(record);
    Files.createDirectory(record); // an I/O error
    store = open();
    assertThat(store.list()).isEmpty();
    assertThat(layer).exists();
    assertThat(store.remove(image.id())).isEmpty();
    assertThat(record).doesNotExist();
    awaitCleaning();
    assertThat(layer).doesNotExist();
  }

  @Test
  void aRecordThatCanBeReadAgainIsEnteredWithoutTheNamesThatOthersWereGiven() throws Exception {
    registry.serve(NAME, smallImage()).serve("registry.test/b:1", smallImage().config("User", "b"));
    Image image = pull(open(), NAME);
    Path record = temp.resolve("s/images/" + image.id().substring(7) + ".json");
    String whole = Files.readString(record);
    Files.writeString(record, whole.replace("linux", "LINUX"));
    ImageStore store = open();
    Image other = pull(store, "registry.test/b:1");
    assertThat(store.hasUnlisted(image.id())).isTrue();
    registry.serve(NAME, smallImage().config("User", "c"));
    Image successor = pull(store, NAME);

    Files.writeString(record, whole);
    assertThat(store.remove(other.id())).isNotEmpty();

    assertThat(store.list()).extracting(Image::id).contains(image.id(), successor.id()).hasSize(2);
    assertThat(store.find(NAME)).get().returns(successor.id(), Image::id);
    assertThat(store.hasUnlisted(image.id())).isFalse();
    assertThat(open().find(NAME)).get().returns(successor.id(), Image::id);
  }

  /** Which may have been any image's. */
  @Test
  void layersThatAnUnreadableSnapshotHasKeptGoWithIt() throws Exception {
    registry
        .serve(NAME, smallImage())
        .serve("registry.test/b:1", smallImage().layer(new Tars().file("third", "3").build()));
    ImageStore store = open();
    Image used = pull(store, NAME);
    Image other = pull(store, "registry.test/b:1");
    List<String> keys = new ArrayList<>(store.layerKeys(other).orElseThrow());
    keys.removeAll(store.layerKeys(used).orElseThrow());
    Path layer = temp.resolve("s/layers").resolve(keys.getFirst());
    store.snapshots().prepare("c", used.diffIds(), Snapshotter.Options.DEFAULT);
    Files.writeString(temp.resolve("s/snapshots/c/snapshot.json"), "{torn");
    store = open();
    assertThat(store.remove(other.id())).isNotEmpty();
    assertThat(layer).exists();
    store.removeSnapshot("c");
    assertThat(layer).doesNotExist();
    assertThat(store.layerKeys(used)).isPresent();
  }

  @Test
  void whatADeadDaemonLeftIsRemovedAndBadRecordsStay() throws Exception {
    registry.serve(NAME, smallImage()).serve("registry.test/b:1", smallImage().config("User", "b"));
    Image good = pull(open(), NAME);
    Image bad = pull(open(), "registry.test/b:1");
    Path record = temp.resolve("s/images/" + bad.id().substring(7) + ".json");
    Files.writeString(record, Files.readString(record).replace("linux", "LINUX"));
    Files.createDirectories(temp.resolve("s/layers/new-77-1/diff/deep"));
    Files.createDirectories(temp.resolve("s/layers/gone-3-1/diff"));
    Files.writeString(temp.resolve("s/images/torn.json.new"), "{");
    ImageStore store = open();
    assertThat(store.list()).containsExactly(good);
    assertThat(record).exists();
    assertThat(temp.resolve("s/images/torn.json.new")).doesNotExist();
    awaitCleaning();
    try (Stream<Path> left = Files.list(temp.resolve("s/layers"))) {
      assertThat(left.map(p -> p.getFileName().toString()))
          .noneMatch(n -> n.startsWith("new-") || n.startsWith("gone-"));
    }
    Files.delete(temp.resolve("s/layers/" + good.diffIds().getFirst().hex() + "/layer.json"));
    ImageStore damaged = open();
    awaitCleaning();
    assertThat(damaged.list()).isEmpty();
    assertThat(pull(open(), NAME).id()).isEqualTo(good.id());
  }

  private static void awaitCleaning() throws InterruptedException {
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().equals("jcri-image-clean")) {
        thread.join();
      }
    }
  }
}
