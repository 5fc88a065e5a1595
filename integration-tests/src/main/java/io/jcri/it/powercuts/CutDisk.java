package io.jcri.it.powercuts;

import io.jcri.it.kit.Command;
import io.jcri.it.kit.Waiting;
import io.jcri.it.kit.Workspace;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Scanner;

/**
 * A disk with a file system that loses power: a loop device over a file that {@code cutdisk} (see
 * {@code integration-tests/native}) serves. What a flush followed is there after a cut; of what was
 * written since, some blocks are and some are not, in no order. For one thread.
 */
final class CutDisk implements AutoCloseable {
  /** How many blocks of those that no flush followed have come to the disk, and how many not. */
  record Cut(long kept, long lost) {}

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final MountRoom room;
  private final Path file;
  private final Path place;
  private final Path mountPoint;
  private final Process server;
  private final Writer orders;
  private final BufferedReader answers;
  private String device = "";

  private CutDisk(MountRoom room, Path file, Path place, Path mountPoint, Process server) {
    this.room = room;
    this.file = file;
    this.place = place;
    this.mountPoint = mountPoint;
    this.server = server;
    this.orders = server.outputWriter(StandardCharsets.US_ASCII);
    this.answers = server.inputReader(StandardCharsets.US_ASCII);
  }

  /**
   * Makes a disk and mounts it.
   *
   * @param room that it is mounted in
   * @param folder for its files, on a tmpfs: nothing of it is to wait for another disk
   * @param type of the file system: ext4, xfs or btrfs
   */
  static CutDisk make(MountRoom room, Path folder, Path mountPoint, String type, int mebibytes)
      throws IOException {
    Path file = folder.resolve("disk");
    Path place = Files.createFile(folder.resolve("place"));
    long bytes = (long) mebibytes << 20;
    Process server =
        new ProcessBuilder(
                Workspace.nativeProgram("cutdisk").toString(),
                file.toString(),
                Long.toString(bytes),
                place.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    CutDisk disk = new CutDisk(room, file, place, mountPoint, server);
    try {
      disk.expect("ready");
      Command.of(mkfs(type, file)).run().orThrow();
      disk.mount();
    } catch (IOException | RuntimeException e) {
      disk.close();
      throw e;
    }
    return disk;
  }

  private static List<String> mkfs(String type, Path file) {
    return type.equals("ext4")
        ? List.of("mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0", file.toString())
        : List.of("mkfs." + type, "-q", "-f", file.toString());
  }

  /** Mounts it, as a boot does: the file system's journal is played back. */
  void mount() throws IOException {
    device = Command.of("losetup", "-f", "--show", place.toString()).run().orThrow().out().strip();
    room.run("mount", device, mountPoint.toString());
  }

  /** Whether there was power until now: what has been answered by now was answered before a cut. */
  boolean hasPower() {
    return Files.exists(file.resolveSibling(file.getFileName() + ".on"));
  }

  /**
   * Asks for the power to go: after so many more writes, or when it is {@link #awaitCut awaited}
   * long enough. From then on nothing comes to the disk, but who writes to it is told so by
   * nothing.
   *
   * @param percent of the blocks that no flush followed that are kept
   */
  void cutAfter(int writes, long seed, int percent) throws IOException {
    write("cut %d %d %d".formatted(seed & Long.MAX_VALUE, percent, writes));
  }

  /** Returns when the power has gone, which is after this time at the latest. */
  Cut awaitCut(Duration atMost) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (hasPower() && System.nanoTime() - deadline < 0) {
      Thread.sleep(Duration.ofMillis(1));
    }
    write("now");
    String answer = answer();
    try (Scanner scanner = new Scanner(answer)) {
      if (!scanner.next().equals("cut")) {
        throw new IOException("cutdisk says: " + answer);
      }
      return new Cut(scanner.nextLong(), scanner.nextLong());
    }
  }

  /** Takes the file system away, of which nobody may have anything open, and power comes back. */
  void unmountAndPowerOn() throws IOException {
    detach();
    String answer = order("on");
    if (!answer.equals("on")) {
      throw new IOException("cutdisk says: " + answer);
    }
  }

  private void detach() throws IOException {
    if (!device.isEmpty()) {
      room.run("umount", mountPoint.toString());
      Command.of("losetup", "-d", device).run().orThrow();
      // Who dies with a mount namespace gives its mounts back a while later, and till then the file
      // system goes on writing.
      Path used = Path.of("/sys/block", String.valueOf(Path.of(device).getFileName()), "loop");
      Waiting.until(PATIENCE, () -> Files.notExists(used), () -> device + " is still in use");
      device = "";
    }
  }

  private String order(String line) throws IOException {
    write(line);
    return answer();
  }

  private void write(String line) throws IOException {
    orders.write(line + "\n");
    orders.flush();
  }

  private void expect(String what) throws IOException {
    String answer = answer();
    if (!answer.equals(what)) {
      throw new IOException("cutdisk says: " + answer);
    }
  }

  private String answer() throws IOException {
    String line = answers.readLine();
    if (line == null) {
      throw new IOException("cutdisk has ended");
    }
    return line;
  }

  @Override
  public void close() throws IOException {
    try {
      detach();
    } finally {
      orders.close();
      awaitServer();
    }
  }

  private void awaitServer() {
    try {
      int _ = server.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
