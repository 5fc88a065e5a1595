package io.jcri.daemon.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.daemon.admin.DebugMessages.Doing;
import io.jcri.daemon.core.Layout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What this Java runtime writes of its threads, read again. */
class ThreadFactsTest {
  @TempDir Path folder;

  private volatile boolean over;

  private void isParked() {
    while (!over) {
      LockSupport.park(this);
    }
  }

  @Test
  void virtualThreadsThatDoTheSameAreOneAndThoseOfThePlatformAreEach() throws Exception {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      threads.add(Thread.ofVirtual().name("parked").start(this::isParked));
    }
    threads.add(Thread.ofPlatform().name("of \"ours\"").start(this::isParked));
    for (Thread thread : threads) {
      while (thread.getState() != Thread.State.WAITING) {
        Thread.onSpinWait();
      }
    }
    try {
      DebugMessages.Threads read = ThreadFacts.read(new Layout(folder, folder));
      assertThat(read.virtual())
          .filteredOn(doing -> doing.name().equals("parked"))
          .singleElement()
          .satisfies(doing -> {
            assertThat(doing.count()).isEqualTo(5);
            assertThat(doing.stack()).anyMatch(frame -> frame.contains("isParked"));
          });
      assertThat(read.platform())
          .extracting(Doing::name)
          .contains("main", "of \"ours\"")
          .doesNotContain("parked");
      assertThat(noFiles()).isTrue();
    } finally {
      over = true;
      threads.forEach(LockSupport::unpark);
      for (Thread thread : threads) {
        thread.join();
      }
    }
  }

  private boolean noFiles() throws IOException {
    try (var files = Files.list(folder.resolve("tmp"))) {
      return files.findAny().isEmpty();
    }
  }
}
