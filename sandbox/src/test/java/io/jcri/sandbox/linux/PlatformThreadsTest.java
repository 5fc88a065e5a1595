package io.jcri.sandbox.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class PlatformThreadsTest {
  @Test
  void aPlatformThreadRunsItInPlace() throws Exception {
    Thread here = Thread.currentThread();
    assertThat(PlatformThreads.call(Thread::currentThread)).isSameAs(here);
  }

  @Test
  void manyBlockedCallsLeaveTheCarriersFree() throws Exception {
    int calls = 4 * Runtime.getRuntime().availableProcessors() + 300;
    CountDownLatch release = new CountDownLatch(1);
    try (ExecutorService virtual = Executors.newVirtualThreadPerTaskExecutor()) {
      var blocked =
          IntStream.range(0, calls)
              .mapToObj(i -> virtual.submit(() -> PlatformThreads.call(() -> await(release))))
              .toList();
      // Another virtual thread still gets a carrier, and releases them all.
      virtual.submit(release::countDown).get();
      for (Future<Boolean> call : blocked) {
        assertThat(call.get()).isFalse();
      }
    }
  }

  private static boolean await(CountDownLatch release) {
    try {
      release.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return Thread.currentThread().isVirtual();
  }

  @Test
  void failuresKeepTheirType() throws Exception {
    try (ExecutorService virtual = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> errno =
          virtual.submit(() ->
              PlatformThreads.call(() -> {
                throw new ErrnoException("open", 2, "/x");
              }));
      assertThatThrownBy(errno::get)
          .isInstanceOf(ExecutionException.class)
          .cause()
          .isInstanceOf(ErrnoException.class);
      Future<?> unchecked =
          virtual.submit(() ->
              PlatformThreads.call(() -> {
                throw new IllegalStateException("x");
              }));
      assertThatThrownBy(unchecked::get).cause().isInstanceOf(IllegalStateException.class);
      Future<?> io =
          virtual.submit(() ->
              PlatformThreads.call(() -> {
                throw new IOException("y");
              }));
      assertThatThrownBy(io::get).cause().isExactlyInstanceOf(IOException.class);
    }
  }

  @Test
  void aVirtualThreadWaitsForTheKernelEvenWhenInterrupted() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    boolean[] seen = new boolean[2];
    Thread caller =
        Thread.ofVirtual()
            .start(() -> {
              try {
                seen[0] =
                    PlatformThreads.call(() -> {
                      inside.countDown();
                      return !await(release);
                    });
                seen[1] = Thread.currentThread().isInterrupted();
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
    inside.await();
    caller.interrupt();
    release.countDown();
    caller.join();
    assertThat(seen).containsExactly(true, true);
  }
}
