package io.jcri.it.soak;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The soak's main class; see {@code scripts/soak}. */
public final class Soak {
  private static final Duration REST = Duration.ofSeconds(30);
  private static final Duration SETTLING = Duration.ofSeconds(5);
  private static final int KEPT_PER_POD = 100;
  private static final int KEEPERS = 4;
  private static final int SAMPLES_PER_HEAP = 10;

  private final SoakOptions options;
  private final SoakNode node;
  private final Sampler sampler;
  private final PrintStream out;
  private final long begin = System.nanoTime();

  private Soak(SoakOptions options, SoakNode node, PrintStream out) throws IOException {
    this.options = options;
    this.node = node;
    this.sampler = new Sampler(node);
    this.out = out;
  }

  /** Ends with 1 when something grows or went wrong. */
  @SuppressWarnings("SystemOut")
  public static void main(String[] arguments) throws IOException, InterruptedException {
    SoakOptions options;
    try {
      options = SoakOptions.parse(List.of(arguments));
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage() + "\n" + SoakOptions.USAGE);
      System.exit(2);
      return;
    }
    boolean good = options.report().isEmpty() ? run(options, System.out) : report(options);
    System.exit(good ? 0 : 1);
  }

  private static boolean run(SoakOptions options, PrintStream out)
      throws IOException, InterruptedException {
    if (options.lists() > 0) {
      try (SoakNode node = SoakNode.start()) {
        return new Lists(node, out).measure(options.lists());
      }
    }
    if (options.lives() > 0) {
      try (SoakNode node = SoakNode.start()) {
        return new Lifecycles(node, out).run(options.lives(), options.restarts());
      }
    }
    List<String> wrong;
    SoakNode node = SoakNode.start();
    try {
      wrong = new Soak(options, node, out).soak();
    } finally {
      node.close();
    }
    wrong = new ArrayList<>(wrong);
    // The group that all daemons have by default is not this one's: others may use it meanwhile.
    node.before().left().stream()
        .filter(each -> !each.startsWith("CGROUP") || each.contains(node.cgroup()))
        .forEach(wrong::add);
    wrong.forEach(each -> out.println("WRONG " + each));
    boolean good = new SoakReport(out).tell(List.of(Piece.read(options.file())));
    return good && wrong.isEmpty();
  }

  @SuppressWarnings("SystemOut")
  private static boolean report(SoakOptions options) throws IOException {
    List<Piece> pieces = new ArrayList<>();
    for (Path file : options.report()) {
      pieces.add(Piece.read(file));
    }
    boolean good = new SoakReport(System.out).tell(pieces);
    if (options.plot().isPresent()) {
      Files.writeString(options.plot().get(), SoakPlot.of(pieces));
    }
    return good;
  }

  private List<String> soak() throws IOException, InterruptedException {
    keep();
    new SoakPods(node).withHostRoot();
    Clients clients = new Clients(node, options.pause(), options.cycles());
    Thread.sleep(SETTLING);
    rest(clients);
    clients.start(options.clients());
    long end = System.nanoTime() + options.time().toNanos();
    for (int i = 1; System.nanoTime() - end < 0 && !clients.isThrough(); i++) {
      Thread.sleep(options.interval());
      // At work, what a pod in the making has is not to be told from what a dead one has left.
      int number = i;
      clients.whileResting(() -> write(clients, sampler.sample(number % SAMPLES_PER_HEAP == 0)));
    }
    clients.close();
    Thread.sleep(SETTLING);
    rest(clients);
    out.printf("%d cycles, %d events%n", clients.cycles(), clients.events());
    return clients.wrong();
  }

  /** What the daemon uses while nobody asks it for anything. */
  private void rest(Clients clients) throws IOException, InterruptedException {
    double percent = sampler.processorPercent(REST);
    JsonObject sample = sampler.sample(true);
    sample.addProperty("cpu_at_rest", percent);
    write(clients, sample);
  }

  private void keep() throws InterruptedException {
    List<Thread> keepers = new ArrayList<>();
    int pods = options.kept() / KEPT_PER_POD;
    SoakPods soakPods = new SoakPods(node);
    for (int i = 0; i < KEEPERS; i++) {
      int first = i;
      keepers.add(
          Thread.ofPlatform()
              .start(() -> {
                try {
                  for (int pod = first; pod < pods; pod += KEEPERS) {
                    soakPods.kept(pod, KEPT_PER_POD);
                  }
                } catch (IOException | InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              }));
    }
    for (Thread keeper : keepers) {
      keeper.join();
    }
  }

  private void write(Clients clients, JsonObject sample) throws IOException {
    JsonObject line = new JsonObject();
    line.addProperty("seconds", Math.round((System.nanoTime() - begin) / 1e9));
    line.addProperty("cycles", clients.cycles());
    line.addProperty("wrong", clients.wrong().size());
    sample.asMap().forEach(line::add);
    Files.writeString(
        options.file(),
        line + "\n",
        StandardCharsets.UTF_8,
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
    out.println(line);
  }
}
