package io.jcri.daemon.app;

import io.jcri.daemon.config.ConfigException;
import io.jcri.daemon.config.LiveConfig;
import io.jcri.daemon.log.LogFormat;
import io.jcri.daemon.system.HeapGuard;
import io.jcri.daemon.system.Logging;
import io.jcri.daemon.system.NativeBinaries;
import io.jcri.daemon.system.Umask;
import io.jcri.sandbox.linux.Linux;
import io.jcri.sandbox.linux.Reasons;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** {@code jcri daemon}, with {@link DaemonFlags}. Returns after SIGTERM or SIGINT. */
public final class DaemonCommand {
  private DaemonCommand() {}

  /**
   * Runs the daemon until a signal ends it.
   *
   * @return the exit status: 1 when the daemon can't start, 2 for a bad flag or file. A signal ends
   *     the process itself, with 128 and its number
   */
  public static int run(List<String> flags) {
    if (DaemonFlags.askForHelp(flags)) {
      System.out.print(DaemonFlags.HELP);
      return 0;
    }
    LiveConfig config;
    try {
      config = new LiveConfig(DaemonFlags.parse(flags));
    } catch (ConfigException e) {
      e.problems().forEach(problem -> System.err.println("jcri: " + problem));
      return 2;
    }
    HangUps hangUps = HangUps.take(Linux.get());
    Umask.set(Linux.get());
    Logging.start(config.get().logLevel(), LogFormat.of(config.get().logFormat()));
    HeapGuard.install();
    try {
      serve(new Daemon(config, NativeBinaries.find()), hangUps);
      return 0;
    } catch (IOException | RuntimeException e) {
      System.err.println("jcri: cannot start: " + Reasons.of(e));
      return 1;
    }
  }

  private static void serve(Daemon daemon, HangUps hangUps) throws IOException {
    CountDownLatch stopped = new CountDownLatch(1);
    daemon.start();
    hangUps.answer(daemon::reload);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  daemon.stop();
                  stopped.countDown();
                },
                "stop"));
    try {
      stopped.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
