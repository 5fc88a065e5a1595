package io.jcri.daemon.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is wrong with one object costs that object only. */
class AttemptsTest {
  @TempDir private Path directory;

  @Test
  void aFailureIsNobodyElses() {
    Attempts.attempt(
        "one",
        () -> {
          throw new IOException("a disk");
        });
    Attempts.attempt(
        "another",
        () -> {
          throw new IllegalStateException("a bug");
        });
    assertThatThrownBy(() ->
            Attempts.attempt(
                "the machine",
                () -> {
                  throw new OutOfMemoryError("a test");
                }))
        .isInstanceOf(OutOfMemoryError.class);
  }

  @Test
  void nobodyWaitsForWhatIsDoneBehind() throws InterruptedException {
    CountDownLatch go = new CountDownLatch(1);
    CountDownLatch done = new CountDownLatch(1);
    Attempts.inBackground(
        "something",
        () -> {
          try {
            go.await();
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
          done.countDown();
          throw new IOException("a disk");
        });
    go.countDown();
    assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void whatIsNotThereHasNothingInIt() throws IOException {
    assertThat(Attempts.children(directory.resolve("none"))).isEmpty();
    assertThat(Attempts.children(Files.createFile(directory.resolve("file")))).isEmpty();
    assertThat(Attempts.children(directory)).containsExactly(directory.resolve("file"));
  }
}
