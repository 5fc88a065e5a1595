package io.jcri.oci.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.oci.tar.Tars;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What a disk refuses for a moment is not lost. */
class UnreadableLayersKernelTest extends ImageStoreFixture {

  private ImageStore cleaned() throws InterruptedException {
    ImageStore store = open();
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().equals("jcri-image-clean")) {
        thread.join();
      }
    }
    return store;
  }

  @Test
  void anImageIsKeptWhileALayerCannotBeRead() throws IOException, InterruptedException {
    registry
        .serve(NAME, smallImage())
        .serve("registry.test/b:1", new TestImage().layer(new Tars().file("b", "b").build()));
    Image image = pull(cleaned(), NAME);
    Path record = temp.resolve("s/layers/" + image.diffIds().getFirst().hex() + "/layer.json");
    Path aside = temp.resolve("aside");
    Files.move(record, aside);
    Files.createDirectory(record);

    ImageStore store = cleaned();
    assertThat(store.list()).containsExactly(image);
    // Nor is it garbage when others go.
    pull(store, "registry.test/b:1");
    assertThat(store.remove("registry.test/b:1")).isNotEmpty();

    Files.delete(record);
    Files.move(aside, record);
    assertThat(cleaned().list()).containsExactly(image);
    assertThat(record).exists();
  }
}
