package io.jcri.it.powercuts;

import io.grpc.StatusRuntimeException;
import io.jcri.cri.v1.ImageSpec;
import io.jcri.cri.v1.PullImageRequest;
import io.jcri.it.kit.Leaks;
import io.jcri.it.powercuts.Album.Picture;
import io.jcri.it.powercuts.Ledger.Promise;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;

/**
 * The program behind {@code scripts/powercuts}. Its last lines are the table of what was found; it
 * ends with 0 only when nothing was lost, wrong or left.
 */
public final class CutRun {
  private static final int LOG_LINES = 60;
  private static final Duration LONGEST_WORK = Duration.ofSeconds(4);
  private static final int MOST_WRITES = 150;
  private static final Pattern FETCHED = Pattern.compile("\"GET /v2/[^ ]+/blobs/[^ ]+ ");

  private final CutMachine machine;
  private final Album album;
  private final Ledger ledger;
  private final CutFigures figures = new CutFigures();
  private final PrintStream out;

  private CutRun(CutMachine machine, Album album, PrintStream out) {
    this.machine = machine;
    this.album = album;
    this.ledger = new Ledger(album.pictures().stream().map(Picture::name).toList());
    this.out = out;
  }

  /** Runs; see {@link CutOptions#USAGE}. */
  public static void main(String... line) throws IOException, InterruptedException {
    if (List.of(line).contains("--help")) {
      System.out.print(CutOptions.USAGE);
      return;
    }
    CutOptions options;
    try {
      options = CutOptions.parse(line);
    } catch (IllegalArgumentException e) {
      System.err.println("powercuts: " + e.getMessage() + "\n" + CutOptions.USAGE);
      System.exit(2);
      return;
    }
    System.exit(run(options, System.out) ? 0 : 1);
  }

  /** Makes a machine and cuts its power; whether nothing was lost, wrong or left. */
  static boolean run(CutOptions options, PrintStream out) throws IOException, InterruptedException {
    Leaks before = Leaks.look();
    CutRun run;
    try (CutMachine machine = CutMachine.make(options.fileSystem())) {
      Path folder = Files.createDirectories(machine.log().resolveSibling("album"));
      run = new CutRun(machine, Album.push(machine.registry(), folder, options.seed()), out);
      Duration _ = machine.boot();
      for (int i = 0; i < options.cuts(); i++) {
        run.round(options.seed() + i);
      }
    }
    run.figures.print(out, options.fileSystem());
    before.assertNothingNew();
    return run.figures.isClean();
  }

  /** Works for a while, cuts the power, boots and looks. */
  private void round(long seed) throws IOException, InterruptedException {
    long begin = System.nanoTime();
    long log = Files.size(machine.log());
    Random random = new Random(seed);
    random.nextLong(); // near seeds begin alike
    int percent = random.nextInt(3) == 0 ? 0 : random.nextInt(101);
    machine.disk().cutAfter(1 + random.nextInt(MOST_WRITES), random.nextLong(), percent);
    List<Thread> work = work(seed, random);
    CutDisk.Cut cut = machine.awaitCut(LONGEST_WORK);
    for (Thread each : work) {
      each.join();
    }
    figures.cuts++;
    figures.blocksKept += cut.kept();
    figures.blocksLost += cut.lost();
    List<String> interrupted =
        ledger.promises().entrySet().stream()
            .filter(each -> each.getValue() == Promise.EITHER)
            .map(java.util.Map.Entry::getKey)
            .sorted()
            .toList();
    Duration ready = machine.boot();
    figures.booted(ready);
    List<String> wrong =
        new ArrayList<>(new CutJudge(machine, album, ledger, figures, random.nextLong()).look());
    wrong.addAll(pullAgain(interrupted));
    out.printf(
        "%s seed %d: %d of %d blocks kept, ready in %.1f s; %.1f s%n",
        wrong.isEmpty() ? "ok  " : "BAD ",
        seed,
        cut.kept(),
        cut.kept() + cut.lost(),
        ready.toMillis() / 1e3,
        (System.nanoTime() - begin) / 1e9);
    if (!wrong.isEmpty()) {
      figures.bad(seed);
      wrong.forEach(each -> out.println("    " + each));
      tellLog(log);
    }
  }

  private List<Thread> work(long seed, Random random) {
    List<String> names = album.pictures().stream().map(Picture::name).toList();
    int half = names.size() / 2;
    return List.of(
            new ImageWork(machine, ledger, names.subList(0, half), random.nextLong()),
            new ImageWork(machine, ledger, names.subList(half, names.size()), random.nextLong()),
            new PodWork(machine, ledger, "a-%d-".formatted(seed), random.nextLong()),
            new PodWork(machine, ledger, "b-%d-".formatted(seed), random.nextLong()))
        .stream()
        .map(each -> Thread.ofVirtual().start(each))
        .toList();
  }

  /** Pulls what a cut has interrupted, and counts what comes of it over the network again. */
  private List<String> pullAgain(List<String> names) throws IOException {
    List<String> wrong = new ArrayList<>();
    for (Picture picture : album.pictures()) {
      if (!names.contains(picture.name())
          || ledger.promises().get(picture.name()) == Promise.THERE) {
        continue;
      }
      long log = Files.size(machine.registry().log());
      try {
        var image = ImageSpec.newBuilder().setImage(picture.name());
        var _ =
            machine
                .client()
                .images()
                .pullImage(PullImageRequest.newBuilder().setImage(image).build());
        ledger.note(picture.name(), Promise.THERE);
        figures.pulledAgain++;
        figures.layersOfThese += picture.diffIds().size();
        figures.layersFetched += fetched(log);
      } catch (StatusRuntimeException e) {
        wrong.add("%s cannot be pulled again: %s".formatted(picture.name(), e.getMessage()));
      }
    }
    return wrong;
  }

  /** Blobs that the registry was asked for since, but for the image's configuration. */
  private int fetched(long since) throws IOException {
    long blobs = FETCHED.matcher(after(machine.registry().log(), since)).results().count();
    return (int) Math.max(0, blobs - 1);
  }

  private void tellLog(long since) throws IOException {
    List<String> lines = after(machine.log(), since).lines().toList();
    lines
        .subList(Math.max(0, lines.size() - LOG_LINES), lines.size())
        .forEach(each -> out.println("    | " + each));
  }

  private static String after(Path log, long since) throws IOException {
    byte[] all = Files.readAllBytes(log);
    int from = (int) Math.min(since, all.length);
    return new String(all, from, all.length - from, StandardCharsets.UTF_8);
  }
}
