package io.jcri.oci.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.oci.Digest;
import io.jcri.oci.OciException;
import io.jcri.oci.manifest.ImageReference;
import io.jcri.oci.manifest.Platform;
import io.jcri.oci.signature.ImageTrust;
import io.jcri.oci.tar.Tars;
import io.jcri.sandbox.linux.Linux;
import io.jcri.sandbox.mount.Mounts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** A store on a temporary directory and a registry in memory. */
abstract class ImageStoreFixture {

  static final String NAME = "registry.test/app:1";

  @TempDir Path temp;
  final FakeRegistry registry = new FakeRegistry();
  final Mounts mounts = new Mounts(Linux.get());

  @AfterEach
  void unmount() throws IOException {
    mounts.unmountAllBelow(temp);
  }

  ImageStore open() {
    return open(DirectFetcher.Options.DEFAULT);
  }

  ImageStore open(DirectFetcher.Options options) {
    return open("s", registry, options);
  }

  /** A store of its own below the temporary directory. */
  ImageStore open(String root, FakeRegistry from) {
    return open(root, from, DirectFetcher.Options.DEFAULT);
  }

  private ImageStore open(String root, FakeRegistry from, DirectFetcher.Options options) {
    return ImageStore.open(
        temp.resolve(root),
        fetcher(root, from, options),
        new ImageTrust(options.signatures(), Optional.empty()),
        Linux.get(),
        mounts);
  }

  /** For a store below the temporary directory. */
  ImageFetcher fetcher(String root, FakeRegistry from) {
    return fetcher(root, from, DirectFetcher.Options.DEFAULT);
  }

  private ImageFetcher fetcher(String root, FakeRegistry from, DirectFetcher.Options options) {
    return new DirectFetcher(temp.resolve(root), options, () -> from, Linux.get(), mounts);
  }

  static Image pull(ImageStore store, String name) {
    return store.pull(
        new PullRequest(
            ImageReference.parse(name), Optional.empty(), new Platform("linux", "amd64")),
        PullProgress.NONE);
  }

  static TestImage smallImage() {
    return new TestImage()
        .layer(new Tars().directory("etc", 0755).file("etc/one", "1").build())
        .layer(new Tars().directory("etc", 0755).file("etc/two", "2").build());
  }

  static List<Digest> layerBlobs(TestImage image) {
    return image.blobs.entrySet().stream()
        .filter(e -> e.getValue()[0] == 0x1f)
        .map(Map.Entry::getKey)
        .toList();
  }

  void assertFails(ImageStore store, OciException.Kind kind, String message) {
    assertThatThrownBy(() -> pull(store, NAME))
        .isInstanceOfSatisfying(OciException.class, e -> assertThat(e.kind()).isEqualTo(kind))
        .hasMessageContaining(message);
  }

  void assertNothingIsLeft(ImageStore store) throws IOException {
    assertThat(temp.resolve("s/layers")).isEmptyDirectory();
    assertThat(temp.resolve("s/images")).isEmptyDirectory();
    assertThat(temp.resolve("s/partial")).isEmptyDirectory();
    assertThat(store.usage().bytes()).isZero();
    assertThat(store.usage().inodes()).isZero();
  }
}
