package io.jcri.daemon.cli.debug;

import io.jcri.daemon.admin.AdminClient;
import io.jcri.daemon.admin.AdminException;
import io.jcri.daemon.admin.DebugMessages;
import io.jcri.daemon.cli.kit.AdminCommand;
import io.jcri.daemon.core.Layout;
import io.jcri.daemon.system.BuildInfo;
import io.jcri.oci.Json;
import io.jcri.sandbox.linux.Reasons;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code jcri debug dump}. */
@Command(
    name = "dump",
    description =
        "Tell what the daemon does: calls in flight, locks, shims, pulls, threads, memory, recent"
            + " errors. Of one that hangs or is dead, what /proc and its records tell.")
final class DumpCommand extends AdminCommand {
  private static final String LATE = "it has not answered in time";
  private static final Path USUAL_ROOT = Path.of("/var/lib/jcri");

  /** How it is written. */
  enum Format {
    text,
    json
  }

  @Option(
      names = {"-o", "--output"},
      defaultValue = "text",
      description = "${COMPLETION-CANDIDATES}; ${DEFAULT-VALUE} by default.")
  private Format format = Format.text;

  @Option(
      names = {"-f", "--file"},
      paramLabel = "<file>",
      description = "Write it there, for root's eyes only; to standard output by default.")
  private @Nullable Path file;

  @Option(
      names = "--timeout",
      paramLabel = "<ms>",
      defaultValue = "600",
      description =
          "How many milliseconds the daemon may take to answer; ${DEFAULT-VALUE} by default.")
  private int timeout = 600;

  @Option(
      names = "--root",
      paramLabel = "<folder>",
      description = "The daemon's root folder; by default that of the daemon whose socket it is.")
  private @Nullable Path root;

  @Override
  protected int run(AdminClient daemon) throws IOException {
    Answer<DebugMessages.Inside> inside =
        new Answer<>(
            () -> ask(daemon, "debug", new DebugMessages.Ask(true), DebugMessages.Inside.class));
    Answer<DebugMessages.Threads> threads =
        new Answer<>(
            () -> ask(daemon, "threads", new DebugMessages.All(), DebugMessages.Threads.class));
    long begun = System.nanoTime();
    Path state = folder();
    Layout usual = new Layout(USUAL_ROOT, state);
    Optional<ProcessFacts> process = holder(state);
    Layout layout =
        new Layout(
            root != null
                ? root
                : process.isPresent() ? process.get().root(usual).orElse(USUAL_ROOT) : USUAL_ROOT,
            state);
    boolean stopped = process.isPresent() && isStopped(process.get());
    long until = begun + (stopped ? 0 : Duration.ofMillis(timeout).toNanos());
    String late = stopped ? "it is stopped, and answers when kill -CONT lets it go on" : LATE;
    Dump.Outside outside = Outside.look(layout, process);
    // One that has said nothing for half of its time is asked past its own threads meanwhile.
    boolean hangs = process.isPresent() && !stopped && !inside.isThere(begun + (until - begun) / 2);
    Optional<Answer<List<String>>> java =
        hangs ? Optional.of(java(process.get())) : Optional.empty();
    List<String> silence = new ArrayList<>();
    Optional<DebugMessages.Inside> told = inside.await(until, late, silence);
    Optional<DebugMessages.Threads> doing =
        threads.await(until, "it has not told its threads in time", silence);
    if (told.isEmpty() && process.isPresent() && !stopped) {
      outside = withJava(outside, java.orElseGet(() -> java(process.get())));
    }
    Dump dump =
        new Dump(
            Instant.now(), BuildInfo.version(), told, doing, silence.stream().findFirst(), outside);
    write(
        switch (format) {
          case text -> DumpText.of(dump).getBytes(StandardCharsets.UTF_8);
          case json -> Json.toPrettyBytes(dump);
        });
    dump.silence().ifPresent(System.err::println);
    return told.isPresent() ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
  }

  private static boolean isStopped(ProcessFacts process) {
    try {
      return process.stopped();
    } catch (IOException e) {
      return false; // it has ended meanwhile
    }
  }

  private Answer<List<String>> java(ProcessFacts process) {
    return new Answer<>(() -> JavaThreads.of(process, Duration.ofMillis(timeout / 3)));
  }

  private static <T extends Record> T ask(
      AdminClient daemon, String verb, Record arguments, Class<T> type) throws IOException {
    List<T> answers = new ArrayList<>();
    daemon.ask(verb, arguments, type, answers::add);
    if (answers.isEmpty()) {
      throw new IOException("it has answered nothing");
    }
    return answers.getFirst();
  }

  private static Optional<ProcessFacts> holder(Path state) {
    try {
      return ProcessFacts.holder(state.resolve("lock"));
    } catch (IOException | RuntimeException e) {
      return Optional.empty(); // it has ended meanwhile
    }
  }

  /** With what its Java runtime says of the threads of a daemon that says nothing itself. */
  private Dump.Outside withJava(Dump.Outside outside, Answer<List<String>> asked) {
    List<String> problems = new ArrayList<>(outside.problems());
    List<String> java =
        asked
            .await(
                asked.begun + Duration.ofMillis(timeout / 2).toNanos(),
                "its Java runtime has not told its threads in time",
                problems)
            .orElse(List.of());
    return new Dump.Outside(
        outside.state(),
        outside.root(),
        outside.daemon().map(daemon -> daemon.withJava(java)),
        outside.pods(),
        outside.containers(),
        outside.mounts(),
        outside.logPlace(),
        outside.log(),
        problems);
  }

  /** What is asked in a thread of its own: one that hangs must not keep the command. */
  private static final class Answer<T> {
    private final FutureTask<T> task;
    private final long begun = System.nanoTime();

    Answer(Callable<T> ask) {
      this.task = new FutureTask<>(ask);
      Thread.ofPlatform().daemon().start(task);
    }

    /** Waits until then for an answer, be it a refusal. */
    boolean isThere(long until) {
      List<String> ignored = new ArrayList<>();
      return await(until, "", ignored).isPresent() || task.isDone();
    }

    /**
     * Waits until then; why there is none is added to the reasons.
     *
     * @param late the reason when there is none by then
     */
    Optional<T> await(long until, String late, List<String> reasons) {
      try {
        long left = Math.max(0, until - System.nanoTime());
        return Optional.of(task.get(left, TimeUnit.NANOSECONDS));
      } catch (TimeoutException e) {
        reasons.add(late);
      } catch (ExecutionException e) {
        reasons.add(
            e.getCause() instanceof AdminException refusal
                ? String.valueOf(refusal.getMessage())
                : Reasons.of(e.getCause() == null ? e : e.getCause()));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        reasons.add(late);
      }
      return Optional.empty();
    }
  }

  private void write(byte[] dump) throws IOException {
    @Nullable Path target = file;
    if (target == null) {
      System.out.writeBytes(dump);
      return;
    }
    // Commands and names of a node's pods are not everybody's.
    Path folder = target.toAbsolutePath().resolveSibling("");
    Path part = Files.createTempFile(folder, ".jcri", ".part");
    Files.write(part, dump);
    Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  protected String failure() {
    return "cannot dump the daemon";
  }
}
