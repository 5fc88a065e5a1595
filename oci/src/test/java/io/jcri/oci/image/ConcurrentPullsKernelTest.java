package io.jcri.oci.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.oci.Digest;
import io.jcri.oci.OciException;
import io.jcri.oci.tar.Tars;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;

/** Several pulls at a time, of which some get nowhere. */
class ConcurrentPullsKernelTest extends ImageStoreFixture {

  private static final String STUCK = "registry.test/stuck:1";

  private final Semaphore atTheStream = new Semaphore(0);
  private final CountDownLatch goOn = new CountDownLatch(1);

  /** Says nothing until it may, or until its reader is interrupted. */
  private final class Silent extends FilterInputStream {
    Silent(InputStream in) {
      super(in);
    }

    @Override
    public int read(byte[] target, int from, int length) throws IOException {
      atTheStream.release();
      try {
        goOn.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw (InterruptedIOException) new InterruptedIOException("interrupted").initCause(e);
      }
      return super.read(target, from, length);
    }
  }

  private TestImage stuck(int layers) {
    TestImage image = new TestImage();
    for (int i = 0; i < layers; i++) {
      image.layer(new Tars().directory("d", 0755).file("d/" + i, "stuck " + i).build());
    }
    registry.serve(STUCK, image);
    for (Digest layer : layerBlobs(image)) {
      registry.misbehave(layer, Silent::new);
    }
    return image;
  }

  private record Pull(Thread thread, CompletableFuture<Image> result) {}

  private static Pull start(ImageStore store, String name) {
    CompletableFuture<Image> result = new CompletableFuture<>();
    Thread thread =
        Thread.ofVirtual()
            .start(() -> {
              try {
                result.complete(pull(store, name));
              } catch (RuntimeException | Error e) {
                result.completeExceptionally(e);
              }
            });
    return new Pull(thread, result);
  }

  @Test
  void aRegistryThatSaysNothingHoldsUpItsOwnImageOnly() throws Exception {
    int places = DirectFetcher.Options.DEFAULT.concurrentLayers();
    stuck(places);
    registry.serve(NAME, smallImage());
    ImageStore store = open();
    Pull first = start(store, STUCK);
    atTheStream.acquire(places);

    assertThat(pull(store, NAME).repoTags()).containsExactly(NAME);

    goOn.countDown();
    assertThat(first.result.get().repoTags()).containsExactly(STUCK);
  }

  @Test
  void aPullWhoseCallerHasGoneEndsAndLeavesNothing() throws Exception {
    stuck(2);
    ImageStore store = open();
    Pull given = start(store, STUCK);
    atTheStream.acquire(2);

    given.thread.interrupt();

    assertThatThrownBy(given.result::get)
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOfSatisfying(
            OciException.class, e -> assertThat(e.kind()).isEqualTo(OciException.Kind.CANCELLED));
    assertNothingIsLeft(store);
  }

  /** Who waits for a layer that another pull fetches goes on where that one was given up. */
  @Test
  void aPullGoesOnAsLongAsSomeoneWaitsForIt() throws Exception {
    stuck(2);
    ImageStore store = open();
    Pull given = start(store, STUCK);
    atTheStream.acquire(2);
    Pull other = start(store, STUCK);

    given.thread.interrupt();
    // Those of the other: nobody else is left.
    atTheStream.acquire(2);
    goOn.countDown();

    assertThat(other.result.get().repoTags()).containsExactly(STUCK);
    assertThatThrownBy(given.result::get).isInstanceOf(ExecutionException.class);
  }
}
