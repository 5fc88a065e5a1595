package io.jcri.daemon.cli;

import io.jcri.daemon.imports.ImageArchive;
import io.jcri.daemon.system.Sizes;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** How far the image is that is being sent: a line on a terminal, which goes at the end. */
final class ImportProgress implements AutoCloseable {
  private static final long EVERY_MILLIS = 250;

  /** ECMA-48. */
  private static final String ERASE = "\r\u001b[K";

  private final String what;
  private final ImageArchive archive;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Thread thread;

  /**
   * @param shown whether there is a terminal
   */
  ImportProgress(String what, ImageArchive archive, boolean shown) {
    this.what = what;
    this.archive = archive;
    this.thread =
        Thread.ofPlatform().daemon().name("progress").unstarted(shown ? this::show : () -> {});
    thread.start();
  }

  private void show() {
    try {
      while (!ended.await(EVERY_MILLIS, TimeUnit.MILLISECONDS)) {
        System.out.print(ERASE + line(what, archive.position(), archive.size()));
        System.out.flush();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    System.out.print(ERASE);
    System.out.flush();
  }

  /** What is read has not been unpacked. */
  static String line(String what, long sent, long size) {
    return "%s: %s of %s%s"
        .formatted(what, Sizes.of(sent), Sizes.of(size), sent == size ? ", unpacking" : "");
  }

  @Override
  public void close() {
    ended.countDown();
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
