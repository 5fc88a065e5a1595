package io.jcri.oci.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.oci.OciException;
import io.jcri.oci.tar.Tars;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Names that an operator gives and takes, and what images take beside each other. */
class ImageNamesKernelTest extends ImageStoreFixture {
  private static final String OTHER = "registry.test/other:1";
  private static final byte[] BASE = new Tars().directory("etc", 0755).file("etc/a", "a").build();

  private ImageStore two() {
    registry.serve(NAME, new TestImage().layer(BASE).layer(new Tars().file("one", "1").build()));
    registry.serve(OTHER, new TestImage().layer(BASE).layer(new Tars().file("two", "2").build()));
    ImageStore store = open();
    Image _ = pull(store, NAME);
    Image _ = pull(store, OTHER);
    return store;
  }

  @Test
  void aTagIsGivenInFullAndTakenFromWhoHadIt() {
    ImageStore store = two();
    String id = store.find(NAME).orElseThrow().id();

    assertThat(store.tag(id.substring(7, 19), "mine").repoTags())
        .containsExactly("docker.io/library/mine:latest", NAME);
    assertThat(store.tag(NAME, OTHER).repoTags())
        .containsExactly("docker.io/library/mine:latest", NAME, OTHER);
    for (ImageStore now : List.of(store, open())) {
      assertThat(now.find("mine").orElseThrow().id()).isEqualTo(id);
      assertThat(now.find(OTHER).orElseThrow().id()).isEqualTo(id);
      assertThat(now.list().stream().filter(image -> image.repoTags().isEmpty())).hasSize(1);
    }
  }

  @Test
  void whatIsNoTagIsNotGiven() {
    ImageStore store = two();
    Image image = store.find(NAME).orElseThrow();
    for (String bad : List.of("UPPER", "", image.repoDigests().getFirst(), image.id())) {
      assertThatThrownBy(() -> store.tag(NAME, bad))
          .isInstanceOfSatisfying(
              OciException.class, e -> assertThat(e.kind()).isEqualTo(OciException.Kind.INVALID));
    }
    assertThatThrownBy(() -> store.tag("nobody", "x:1")).hasMessage("no image nobody");
    assertThat(store.find(NAME)).contains(image);
  }

  @Test
  void onlyATagAmongOthersIsTakenAway() {
    ImageStore store = two();
    Image image = store.tag(NAME, "mine:2");
    assertThat(store.untag("nobody:1")).isEmpty();
    assertThat(store.untag(image.id())).isEmpty();
    assertThat(store.untag(image.repoDigests().getFirst())).isEmpty();
    assertThat(store.untag("mine:2")).contains("docker.io/library/mine:2");
    assertThat(store.untag(NAME)).as("its last").isEmpty();
    assertThat(open().find(NAME).orElseThrow().repoTags()).containsExactly(NAME);
  }

  @Test
  void bytesAreAnImagesOwnOrShared() {
    ImageStore store = two();
    List<ImageSpace> spaces = store.spaces();
    assertThat(spaces)
        .hasSize(2)
        .allSatisfy(space -> {
          assertThat(space.layers())
              .extracting(ImageSpace.OfLayer::shared)
              .containsExactly(true, false);
          assertThat(space.sharedBytes()).isEqualTo(space.layers().getFirst().bytes()).isPositive();
          assertThat(space.uniqueBytes()).isEqualTo(space.layers().getLast().bytes()).isPositive();
        });
    List<String> _ = store.remove(OTHER);
    assertThat(store.spaces().getFirst().sharedBytes()).isZero();
    assertThat(store.layerBytes()).hasSize(2);
  }
}
