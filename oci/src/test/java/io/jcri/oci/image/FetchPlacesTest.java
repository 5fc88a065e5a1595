package io.jcri.oci.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FetchPlacesTest {

  private final FetchPlaces places = new FetchPlaces(2);
  private final LinkedBlockingQueue<String> got = new LinkedBlockingQueue<>();
  private final List<Thread> threads = new ArrayList<>();

  @AfterEach
  void end() throws InterruptedException {
    for (Thread thread : threads) {
      thread.interrupt();
      thread.join();
    }
  }

  /** Returns once it waits. */
  private Thread waiter(FetchPlaces.Share share, String name) {
    int before = places.waiting();
    Thread thread =
        Thread.ofVirtual()
            .start(() -> {
              try {
                share.take();
                got.add(name);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    threads.add(thread);
    while (places.waiting() == before && thread.isAlive()) {
      Thread.onSpinWait();
    }
    return thread;
  }

  private FetchPlaces.Share full() throws InterruptedException {
    FetchPlaces.Share share = places.share();
    share.take();
    share.take();
    return share;
  }

  @Test
  void onePullHasItsOwnAndNoMore() throws InterruptedException {
    FetchPlaces.Share share = full();
    waiter(share, "third");
    assertThat(places.waiting()).isEqualTo(1);
    share.give();
    assertThat(got.take()).isEqualTo("third");
  }

  @Test
  void pullsThatNeverEndLeaveAPlaceForTheNext() throws InterruptedException {
    full();
    full();
    for (int i = 0; i < 16; i++) {
      FetchPlaces.Share share = places.share();
      share.take();
      if (i == 0) {
        waiter(share, "second place");
      }
    }
    assertThat(places.waiting()).isEqualTo(1);
    assertThat(got).isEmpty();
  }

  @Test
  void whoHasFewestComesNextAndThenWhoCameFirst() throws InterruptedException {
    FetchPlaces.Share one = full();
    FetchPlaces.Share two = places.share();
    two.take();
    FetchPlaces.Share three = places.share();
    three.take();
    List<FetchPlaces.Share> firsts = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      FetchPlaces.Share share = places.share();
      share.take();
      firsts.add(share);
    }
    waiter(one, "of the one that had two");
    waiter(two, "second");
    waiter(three, "third");
    FetchPlaces.Share last = places.share();
    waiter(last, "without any");

    one.give();
    assertThat(got.take()).isEqualTo("without any");
    for (FetchPlaces.Share first : firsts) {
      first.give();
    }
    assertThat(got).isEmpty();
    last.give();
    assertThat(got.take()).isEqualTo("of the one that had two");
    two.give();
    assertThat(got.take()).isEqualTo("second");
    assertThat(places.waiting()).isEqualTo(1);
  }

  @Test
  void oneThatIsInterruptedTakesNoPlaceWithIt() throws InterruptedException {
    FetchPlaces.Share share = full();
    Thread given = waiter(share, "given up");
    given.interrupt();
    given.join();
    assertThat(places.waiting()).isZero();
    share.give();
    CountDownLatch taken = new CountDownLatch(1);
    threads.add(
        Thread.ofVirtual()
            .start(() -> {
              try {
                share.take();
                taken.countDown();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            }));
    taken.await();
    assertThat(got).isEmpty();
  }
}
