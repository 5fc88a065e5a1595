package io.jcri.it.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * While the daemon is down a shim dies, and its number is given to a process that has nothing to do
 * with it: nobody may end that.
 */
final class ReusedPid implements Fault {
  /** The number that the kernel gave last; the next one follows it. */
  private static final Path LAST = Path.of("/proc/sys/kernel/ns_last_pid");

  /** Whose parent has gone may take a while to be reaped. */
  private static final Duration REAPING = Duration.ofSeconds(3);

  private static final int ATTEMPTS = 50;

  private final boolean shimFirst;
  private @Nullable Process bystander;

  ReusedPid(Random random) {
    this.shimFirst = random.nextBoolean();
  }

  @Override
  public void strike(Round round) throws IOException, InterruptedException {
    Optional<Long> shim = ProcessFaults.shim(round);
    if (shim.isEmpty()) {
      return;
    }
    if (shimFirst) {
      ProcessFaults.kill(shim.get());
    }
    round.node().daemon().kill();
    ProcessFaults.kill(shim.get());
    bystander = process(shim.get());
    if (bystander == null) {
      round.miss("whose number went to others");
    }
    round.node().daemon().start();
  }

  /** A process of this number; null when others were always faster. */
  private static @Nullable Process process(long pid) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + REAPING.toNanos();
    while (Files.exists(Path.of("/proc/" + pid)) && System.nanoTime() - deadline < 0) {
      Thread.sleep(Duration.ofMillis(5));
    }
    for (int i = 0; i < ATTEMPTS && Files.notExists(Path.of("/proc/" + pid)); i++) {
      Files.writeString(LAST, Long.toString(pid - 1));
      Process process = new ProcessBuilder("sleep", "600").start();
      if (process.pid() == pid) {
        return process;
      }
      process.destroyForcibly().waitFor();
    }
    return null;
  }

  @Override
  public void settle(Round round) throws IOException {
    Process process = bystander;
    if (process == null) {
      return;
    }
    if (!process.isAlive()) {
      throw new IOException("who got the number of a dead shim was ended: " + process.pid());
    }
    process.destroyForcibly();
  }
}
