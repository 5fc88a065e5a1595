package io.jcri.shim;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.shim.Lab.Box;
import io.jcri.shim.Lab.Plan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The CRI log file of real containers. */
class LogKernelTest {
  /** The bytes that {@code seq 100000} writes. */
  private static final long COUNTED =
      IntStream.rangeClosed(1, 100_000).mapToLong(i -> (i + "\n").length()).sum();

  private final Lab lab = new Lab();

  LogKernelTest() throws IOException {}

  @AfterEach
  void sweep() throws IOException {
    lab.close();
  }

  @Test
  void longLinesComeInPieces() throws IOException {
    Box box =
        lab.running(
            Plan.shell(
                "yes 0123456789abcdef | head -c 100000 | awk '{printf \"%s\", $0} END {print"
                    + " \"\"}'; echo -n rest"));
    box.awaitExit();
    StringBuilder joined = new StringBuilder();
    for (String line : box.logLines()) {
      assertThat(line).matches("stdout [PF] .*");
      assertThat(line.length()).isLessThanOrEqualTo(9 + 16 * 1024);
      joined.append(line.substring(9)).append(line.startsWith("stdout F") ? "\n" : "");
    }
    // 5882 whole lines of 17 bytes and 6 more are 100000 bytes.
    assertThat(joined.toString())
        .isEqualTo("0123456789abcdef".repeat(5882) + "012345" + "\n" + "rest");
  }

  @Test
  void reopeningUnderLoadLosesNothing() throws IOException {
    int lines = 300_000;
    Box box = lab.running(Plan.shell("seq " + lines + "; echo done >&2"));
    List<Path> rotated = new ArrayList<>();
    while (box.shim().exit().isEmpty() && rotated.size() < 200) {
      Path old = box.state().resolve("log." + rotated.size());
      Files.move(box.log(), old);
      rotated.add(old);
      box.shim().reopenLog();
    }
    box.awaitExit();
    rotated.add(box.log());
    List<String> seen = new ArrayList<>();
    for (Path file : rotated) {
      Files.readAllLines(file, StandardCharsets.ISO_8859_1).stream()
          .filter(line -> line.contains(" stdout F "))
          .forEach(line -> seen.add(line.substring(line.indexOf("stdout F ") + 9)));
    }
    assertThat(seen).hasSize(lines);
    for (int i = 0; i < lines; i++) {
      assertThat(seen.get(i)).isEqualTo(Integer.toString(i + 1));
    }
  }

  @Test
  void aFullDiskBlocksNobodyAndIsTold() throws IOException {
    Path disk = Files.createDirectory(lab.root.resolve("disk"));
    assertThat(Sweep.run("/bin/mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", disk.toString()))
        .isZero();
    try {
      Box box =
          lab.box(Plan.shell("seq 100000; echo full >&2; read x; echo after").withStdin(false));
      ShimSpec full = loggingOn(disk, box);
      try (Shim shim = lab.launcher.launch(full)) {
        shim.start();
        long all = COUNTED + 5;
        Lab.await("output is taken", () -> dropped(shim) + logged(disk.resolve("log")) == all);
        assertThat(dropped(shim)).isGreaterThan(100_000);
        Files.move(disk.resolve("log"), disk.resolve("old"));
        List<String> before = Files.readAllLines(disk.resolve("old"));
        assertThat(before).allMatch(line -> line.matches("\\S+ std(out|err) [FP] .*"));
        Files.delete(disk.resolve("old"));
        shim.reopenLog();
        try (AttachStreams attach = shim.attach(true, false, false)) {
          attach.stdin().orElseThrow().write('\n');
          Lab.await("output is logged again", () -> shim.exit().isPresent());
        }
        String log = Files.readString(disk.resolve("log"));
        assertThat(log).contains(" bytes dropped]").endsWith("stdout F after\n");
        shim.delete();
      }
    } finally {
      assertThat(Sweep.run("/bin/umount", "-l", disk.toString())).isZero();
    }
  }

  @Test
  void whatADiskThatStaysFullHasNotTakenIsToldByTheExitRecord() throws IOException {
    Path disk = Files.createDirectory(lab.root.resolve("disk"));
    assertThat(Sweep.run("/bin/mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", disk.toString()))
        .isZero();
    try {
      ShimSpec full = loggingOn(disk, lab.box(Plan.shell("seq 100000; exit 3")));
      try (Shim shim = lab.launcher.launch(full)) {
        shim.start();
        Lab.await("the end", () -> shim.exit().isPresent());
        ExitRecord exit = shim.exit().orElseThrow();
        assertThat(exit.exitCode()).isEqualTo(3);
        assertThat(exit.logDropped()).isPositive();
        assertThat(exit.logDropped() + told(disk.resolve("log")) + logged(disk.resolve("log")))
            .isEqualTo(COUNTED);
        assertThat(ExitRecord.read(full.exitRecord())).isEqualTo(exit);
        shim.delete();
      }
    } finally {
      assertThat(Sweep.run("/bin/umount", "-l", disk.toString())).isZero();
    }
  }

  /** Another shim for the box's container; a log may be on any file system. */
  private ShimSpec loggingOn(Path disk, Box box) throws IOException {
    box.shim().delete();
    Path state = Files.createDirectory(lab.root.resolve("f"));
    ShimSpec spec = box.spec();
    return new ShimSpec(
        spec.containerId() + "f",
        spec.bundle(),
        state,
        spec.runtime(),
        spec.runtimeRoot(),
        List.of(),
        false,
        true,
        false,
        false,
        true,
        false,
        java.util.Optional.of(disk.resolve("log")),
        java.util.Optional.empty(),
        0,
        state.resolve("exit.json"),
        spec.cgroupPath(),
        java.util.Optional.empty(),
        java.util.Optional.empty());
  }

  /** How many bytes the log says were dropped. */
  private static long told(Path log) throws IOException {
    return Files.readAllLines(log).stream()
        .map(Pattern.compile("\\[jcri: (\\d+) bytes dropped]")::matcher)
        .filter(Matcher::find)
        .mapToLong(found -> Long.parseLong(found.group(1)))
        .sum();
  }

  /** Bytes of the container's that the log holds in whole lines. */
  private static long logged(Path log) {
    try {
      return Files.readAllLines(log, StandardCharsets.ISO_8859_1).stream()
          .filter(line -> line.matches("\\S+ std(out|err) F .*") && !line.contains("[jcri: "))
          .mapToLong(line -> line.length() - line.indexOf(" F ") - 2)
          .sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long dropped(Shim shim) {
    try {
      return shim.status().logDroppedBytes();
    } catch (ShimException e) {
      throw new IllegalStateException(e);
    }
  }
}
