package io.jcri.oci.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.oci.Digest;
import io.jcri.oci.OciException;
import io.jcri.oci.signature.ImageTrust;
import io.jcri.oci.tar.Tars;
import io.jcri.sandbox.linux.Linux;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Pulls that break off, are given up or wait. */
class BrokenPullsKernelTest extends ImageStoreFixture {
  @Test
  void aBrokenPullGoesOnWhereItStopped() throws IOException {
    byte[] random = new byte[12 << 20];
    new Random(1).nextBytes(random);
    byte[] tar = new Tars().file("large", java.util.HexFormat.of().formatHex(random)).build();
    TestImage image = new TestImage().layer(tar);
    registry.serve(NAME, image);
    Digest blob = layerBlobs(image).getFirst();
    long size = image.blob(blob).length;
    ImageStore store = open();
    registry.misbehave(in -> new BreakingStream(in, size / 2));
    assertFails(store, OciException.Kind.UNAVAILABLE, "reset");
    registry.misbehave(UnaryOperator.identity());
    ImageStore restarted = open();
    assertThat(pull(restarted, NAME).repoTags()).containsExactly(NAME);
    assertThat(registry.asked)
        .filteredOn(a -> a.digest().equals(blob))
        .extracting(FakeRegistry.Asked::offset)
        .satisfiesExactly(
            first -> assertThat(first).isZero(), second -> assertThat(second).isEqualTo(size / 2));
    assertThat(temp.resolve("s/partial")).isEmptyDirectory();
    restarted.remove(NAME);
    assertNothingIsLeft(restarted);
  }

  @Test
  void aDamagedPartIsFetchedAfresh() throws IOException {
    byte[] random = new byte[12 << 20];
    new Random(2).nextBytes(random);
    TestImage image =
        new TestImage()
            .layer(new Tars().file("large", java.util.HexFormat.of().formatHex(random)).build());
    registry.serve(NAME, image);
    Digest blob = layerBlobs(image).getFirst();
    Path partial = temp.resolve("s/partial/sha256-" + blob.hex());
    Files.createDirectories(partial.getParent());
    Files.write(partial, new byte[5 << 20]);
    ImageStore store = open();
    assertThat(pull(store, NAME).repoTags()).containsExactly(NAME);
    assertThat(registry.asked)
        .filteredOn(a -> a.digest().equals(blob))
        .extracting(FakeRegistry.Asked::offset)
        .containsExactly(5L << 20, 0L);
    assertThat(partial).doesNotExist();
  }

  /** A connection that is reset after some bytes. */
  private static final class BreakingStream extends FilterInputStream {
    private long left;

    BreakingStream(InputStream in, long after) {
      super(in);
      this.left = after;
    }

    @Override
    public int read(byte[] target, int from, int length) throws IOException {
      if (left == 0) {
        throw new OciException(OciException.Kind.UNAVAILABLE, "connection reset");
      }
      int count = super.read(target, from, (int) Math.min(length, left));
      left -= Math.max(count, 0);
      return count;
    }
  }

  @Test
  void aPullThatIsInterruptedStopsAtOnce() throws Exception {
    TestImage image = smallImage();
    registry.serve(NAME, image);
    ImageStore store = open();
    CountDownLatch reading = new CountDownLatch(1);
    registry.misbehave(in -> new HangingStream(in, reading));
    CompletableFuture<Throwable> failure = new CompletableFuture<>();
    Thread puller =
        Thread.ofVirtual()
            .start(() -> {
              try {
                Image _ = pull(store, NAME);
              } catch (OciException e) {
                boolean _ = failure.complete(e);
              }
            });
    reading.await();
    puller.interrupt();
    assertThat(failure.get())
        .isInstanceOfSatisfying(
            OciException.class, e -> assertThat(e.kind()).isEqualTo(OciException.Kind.CANCELLED));
    puller.join();
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .noneMatch(n -> n.startsWith("jcri-layer") || n.startsWith("jcri-fetch"));
    registry.misbehave(UnaryOperator.identity());
    assertThat(pull(store, NAME).repoTags()).containsExactly(NAME);
  }

  /** A host that has stopped to send, until the reader gives up. */
  private static final class HangingStream extends FilterInputStream {
    private final CountDownLatch reading;

    HangingStream(InputStream in, CountDownLatch reading) {
      super(in);
      this.reading = reading;
    }

    @Override
    public int read(byte[] target, int from, int length) throws IOException {
      reading.countDown();
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new OciException(OciException.Kind.CANCELLED, "interrupted", e);
      }
      return -1;
    }
  }

  @Test
  void anotherPullTakesOverFromOneThatWasInterrupted() throws Exception {
    TestImage image = smallImage();
    registry.serve(NAME, image);
    ImageStore store = open();
    CountDownLatch reading = new CountDownLatch(1);
    registry.misbehave(in -> new HangingStream(in, reading));
    Thread first =
        Thread.ofVirtual().start(() -> assertThatThrownBy(() -> pull(store, NAME)).isNotNull());
    reading.await();
    registry.misbehave(UnaryOperator.identity());
    CompletableFuture<Image> second = new CompletableFuture<>();
    Thread other =
        Thread.ofVirtual()
            .start(() -> {
              boolean _ = second.complete(pull(store, NAME));
            });
    first.interrupt();
    assertThat(second.get().repoTags()).containsExactly(NAME);
    other.join();
    first.join();
  }

  /** The large layer has no entry for its directory, so it is another tree on other layers. */
  @Test
  void aLayerThatWaitsForThoseBelowHoldsUpNoOtherPull() throws Exception {
    byte[] large = largeLayer(3);
    byte[] slow = new Tars().directory("d", 0700).build();
    TestImage waiting = new TestImage().layer(slow).layer(large);
    TestImage other = new TestImage().layer(new Tars().directory("d", 0711).build()).layer(large);
    registry.serve(NAME, waiting).serve("other.test/app:1", other);
    Digest slowBlob = Digest.of(TestImage.gzip(slow));
    Digest largeBlob = Digest.of(TestImage.gzip(large));
    CountDownLatch release = new CountDownLatch(1);
    registry.misbehave(slowBlob, in -> new WaitingStream(in, release));
    ImageStore store = open();
    CompletableFuture<Image> first = CompletableFuture.supplyAsync(() -> pull(store, NAME));
    Path partial = temp.resolve("s/partial/sha256-" + largeBlob.hex());
    while (partial.toFile().length() < waiting.blob(largeBlob).length) {
      Thread.sleep(1);
    }

    assertThat(pull(store, "other.test/app:1").repoTags()).containsExactly("other.test/app:1");

    assertThat(first).isNotDone();
    release.countDown();
    assertThat(first.get().repoTags()).containsExactly(NAME);
    assertThat(temp.resolve("s/partial")).isEmptyDirectory();
  }

  private static byte[] largeLayer(int seed) {
    byte[] random = new byte[12 << 20];
    new Random(seed).nextBytes(random);
    return new Tars().file("d/large", java.util.HexFormat.of().formatHex(random)).build();
  }

  /** A host that sends nothing until it is let. */
  private static final class WaitingStream extends FilterInputStream {
    private final CountDownLatch release;

    WaitingStream(InputStream in, CountDownLatch release) {
      super(in);
      this.release = release;
    }

    @Override
    public int read(byte[] target, int from, int length) throws IOException {
      try {
        release.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      return super.read(target, from, length);
    }
  }

  @Test
  void aDownloadThatWasGivenUpGoesWithAnImageThatIsRemovedLater() throws IOException {
    registry.serve(NAME, smallImage());
    AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
    ImageStore store =
        ImageStore.open(
            temp.resolve("s"),
            fetcher("s", registry),
            () -> ImageTrust.ANYTHING,
            Linux.get(),
            mounts,
            now::get);
    Path partial = temp.resolve("s/partial/sha256-" + Digest.of(new byte[1]).hex());
    Files.write(partial, new byte[10]);
    Image image = pull(store, NAME);
    assertThat(store.usage().bytes()).isGreaterThan(10);
    assertThat(store.remove(image.id())).isNotEmpty();
    assertThat(partial).exists();
    now.set(Instant.now().plus(Duration.ofHours(25)));
    image = pull(store, NAME);
    assertThat(store.remove(image.id())).isNotEmpty();
    assertNothingIsLeft(store);
  }
}
