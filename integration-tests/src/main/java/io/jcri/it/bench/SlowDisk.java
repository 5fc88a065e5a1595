package io.jcri.it.bench;

import io.jcri.it.kit.Command;
import io.jcri.it.kit.Waiting;
import io.jcri.it.kit.Workspace;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/**
 * A disk with an ext4 of its own that answers late: a loop device over a file that {@code slowdisk}
 * (see {@code integration-tests/native}) serves out of memory. cgroups of version 1 would not do:
 * what they throttle is what a process of the group asks of a disk itself, and neither the journal,
 * for which an fsync waits, nor what is written back is.
 */
final class SlowDisk implements AutoCloseable {
  private static final long BYTES = 4L << 30;
  private static final int BLOCK = 4096;
  private static final int PROBES = 50;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Path folder;
  private final Process server;
  private final Writer orders;
  private final BufferedReader answers;
  private String device = "";

  private SlowDisk(Path folder, Process server) {
    this.folder = folder;
    this.server = server;
    this.orders = server.outputWriter(StandardCharsets.US_ASCII);
    this.answers = server.inputReader(StandardCharsets.US_ASCII);
  }

  /** Makes one that is not slow yet, mounted in a folder of its own. */
  static SlowDisk make(Path scratch) throws IOException {
    Path place = Files.createFile(scratch.resolve("slow-disk-place"));
    Path folder = Files.createDirectory(scratch.resolve("slow-disk"));
    Process server =
        new ProcessBuilder(
                Workspace.nativeProgram("slowdisk").toString(),
                Long.toString(BYTES),
                place.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    SlowDisk disk = new SlowDisk(folder, server);
    try {
      disk.expect("ready");
      disk.mount(place);
    } catch (IOException | RuntimeException e) {
      disk.close();
      throw e;
    }
    return disk;
  }

  private void mount(Path place) throws IOException {
    run("mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0,nodiscard", place.toString());
    device =
        Command.of("losetup", "--find", "--show", "--direct-io=on", place.toString())
            .run()
            .orThrow()
            .out()
            .strip();
    run("mount", device, folder.toString());
  }

  Path folder() {
    return folder;
  }

  /**
   * Lets each read, write and flush take so much longer from now on, and tells what comes of it.
   */
  void slowDown(Duration delay, PrintStream out) throws IOException {
    String order = "delay " + delay.toNanos() / 1000;
    orders.write(order + "\n");
    orders.flush();
    expect(order);
    Path probe = folder.resolve("probe");
    out.printf(
        "bench: disk with a delay of %d ms: write and fsync of 4 KiB %.1f ms, read of them %.1f"
            + " ms%n",
        delay.toMillis(), fsync(probe).median(), readMillis(probe));
  }

  private static Samples fsync(Path probe) throws IOException {
    Samples times = new Samples();
    for (int i = 0; i < PROBES; i++) {
      Files.deleteIfExists(probe);
      long begin = System.nanoTime();
      try (FileChannel file =
          FileChannel.open(probe, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        file.write(ByteBuffer.allocate(BLOCK));
        file.force(true);
      }
      times.addMillisSince(begin);
    }
    return times;
  }

  /** Past the page cache. */
  private static double readMillis(Path probe) throws IOException {
    Files.write(probe, new byte[PROBES * BLOCK]);
    run("sync", probe.toString());
    long begin = System.nanoTime();
    run("dd", "if=" + probe, "of=/dev/null", "iflag=direct", "bs=" + BLOCK, "status=none");
    return (System.nanoTime() - begin) / 1e6 / PROBES;
  }

  /** Writes all back and empties the kernel's caches, those of the machine's other disks too. */
  void forgetContent() throws IOException {
    run("sync");
    Files.writeString(Path.of("/proc/sys/vm/drop_caches"), "3");
  }

  private static void run(String... arguments) throws IOException {
    Command.of(arguments).run().orThrow();
  }

  private void expect(String what) throws IOException {
    String answer = answers.readLine();
    if (!what.equals(answer)) {
      throw new IOException("slowdisk says: " + answer);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      if (!device.isEmpty()) {
        run("umount", folder.toString());
        run("losetup", "--detach", device);
        Path used = Path.of("/sys/block", String.valueOf(Path.of(device).getFileName()), "loop");
        Waiting.until(PATIENCE, () -> Files.notExists(used), () -> device + " is still in use");
      }
    } finally {
      orders.close();
      if (!Waiting.end(server, PATIENCE)) {
        server.destroyForcibly();
      }
    }
  }
}
