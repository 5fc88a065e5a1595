package io.jcri.shim;

import io.jcri.shim.Lab.Box;
import io.jcri.shim.Lab.Plan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a shim costs over the bare runtime, measured in turns so that the machine's mood is the same
 * for all: {@code java -cp ... io.jcri.shim.ShimBench [rounds] [writer binary]}. The writer is any
 * static program that takes megabytes and a block size and writes lines of 80 bytes.
 */
final class ShimBench {
  private static final Duration AMPLE = Duration.ofSeconds(60);

  private final Map<String, List<Double>> millis = new LinkedHashMap<>();

  private ShimBench() {}

  /** Something whose time is taken. */
  private interface Step {
    void run() throws IOException;
  }

  private void time(String name, Step step) throws IOException {
    long begin = System.nanoTime();
    step.run();
    millis.computeIfAbsent(name, key -> new ArrayList<>()).add((System.nanoTime() - begin) / 1e6);
  }

  private static String bare(Lab lab, Box like, String name) throws IOException {
    Path bundle = Files.createDirectories(lab.root.resolve("bare-" + name));
    String config = Files.readString(like.spec().bundle().resolve("config.json"));
    Files.writeString(
        bundle.resolve("config.json"),
        config.replace("/" + like.id() + "\"", "/bare-" + name + "\""));
    return bundle.toString();
  }

  private void rounds(Lab lab, int rounds) throws IOException {
    String root = lab.root.resolve("r").toString();
    String runc = Lab.RUNC.toString();
    for (int i = 0; i < rounds; i++) {
      Box[] box = new Box[1];
      time("shim launch", () -> box[0] = lab.box(new Plan("/bin/sleep", "1000")));
      String bundle = bare(lab, box[0], "b" + i);
      String id = "bare-b" + i;
      // In turns, as each finds the machine busy with what the one before has left.
      List<Runner> starts =
          List.of(
              new Runner("shim start", () -> box[0].shim().start()),
              new Runner(
                  "bare run --detach",
                  () ->
                      Sweep.run(runc, "--root", root, "run", "--detach", "--bundle", bundle, id)));
      for (Runner start : i % 2 == 0 ? starts : starts.reversed()) {
        time(start.name(), start.step());
      }
      time("shim exec echo", () -> echo(box[0], Duration.ZERO));
      time("bare exec echo", () -> Sweep.run(runc, "--root", root, "exec", id, "/bin/echo", "hi"));
      time("shim exec echo with a time limit", () -> echo(box[0], AMPLE));
      time("shim status", () -> box[0].shim().status());
      time("shim delete, running", () -> box[0].shim().delete());
      time(
          "bare delete --force, running",
          () -> Sweep.run(runc, "--root", root, "delete", "--force", id));
    }
  }

  /** A step and what it is called. */
  private record Runner(String name, Step step) {}

  private static void echo(Box box, Duration limit) throws IOException {
    Ran result = box.exec(Lab.process(false, "/bin/echo", "hi"), limit, 100);
    if (result.exitCode() != 0) {
      throw new IOException("echo failed");
    }
  }

  private static void throughput(Lab lab, Path writer) throws IOException {
    Files.copy(writer, lab.rootfs.resolve("bin/writer"), StandardCopyOption.COPY_ATTRIBUTES);
    for (int block : new int[] {80, 4096, 65536}) {
      int megabytes = block == 80 ? 100 : 600;
      Box box =
          lab.running(
              new Plan("/bin/writer", Integer.toString(megabytes), Integer.toString(block)));
      long begin = System.nanoTime();
      box.awaitExit();
      System.out.printf(
          "log, 80-byte lines in writes of %5d: %.0f MB/s%n",
          block, megabytes / ((System.nanoTime() - begin) / 1e9));
      box.shim().delete();
      Files.delete(box.log());
    }
  }

  /** See the class. */
  public static void main(String[] args) throws IOException {
    int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 20;
    ShimBench bench = new ShimBench();
    try (Lab lab = new Lab()) {
      bench.rounds(lab, 3);
      bench.millis.clear();
      bench.rounds(lab, rounds);
      bench.millis.forEach((name, times) -> {
        Collections.sort(times);
        System.out.printf(
            "%-34s min %6.1f ms  median %6.1f ms%n",
            name, times.getFirst(), times.get(times.size() / 2));
      });
      if (args.length > 1) {
        throughput(lab, Path.of(args[1]));
      }
    }
  }
}
