package io.jcri.daemon.cli.pod;

import io.jcri.daemon.admin.AdminClient;
import io.jcri.daemon.admin.NodeMessages.Container;
import io.jcri.daemon.cli.kit.AdminCommand;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code jcri logs}: reads the file itself, so that a daemon that has gone meanwhile is no matter.
 */
@Command(
    name = "logs",
    description = "Print what a container has written, to standard output and error as it did.")
public final class LogsCommand extends AdminCommand {
  private static final long POLL_MILLIS = 100;
  private static final int POLLS_TO_A_LOOK = 10;

  @Parameters(
      index = "0",
      paramLabel = "<container>",
      description = "Name, pod/container, ID or a prefix of it.")
  private String name = "";

  @Option(
      names = {"-f", "--follow"},
      description = "Go on with what it writes, until it ends.")
  private boolean follow;

  @Option(names = "--tail", paramLabel = "<lines>", description = "Only so many of the last lines.")
  private @Nullable Integer tail;

  @Option(
      names = "--since",
      paramLabel = "<time>",
      converter = SinceConverter.class,
      description = "Only from a time on: 10m or 1h30m ago, or 2026-11-30T10:00:00Z.")
  private @Nullable Instant since;

  @Option(
      names = {"-t", "--timestamps"},
      description = "Print when each line was written.")
  private boolean timestamps;

  private final OutputStream out = new BufferedOutputStream(System.out);
  private boolean outputStarts = true;
  private boolean errorStarts = true;

  @Override
  protected int run(AdminClient daemon) throws IOException {
    Container container = Names.container(Node.containers(daemon), name);
    if (container.log().isEmpty()) {
      throw new IOException("it was made without a log");
    }
    try (LogFile file = new LogFile(Path.of(container.log()))) {
      past(file);
      if (follow) {
        follow(file, daemon, container.id());
      }
    } catch (NoSuchFileException e) {
      throw new IOException(
          "there is no file "
              + e.getMessage()
              + (container.started().isEmpty() ? ", it was not started" : ""),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return CommandLine.ExitCode.OK;
  }

  /** What is there. */
  private void past(LogFile file) throws IOException {
    LastLines last = new LastLines(tail == null ? 0 : tail);
    for (Optional<LogLine> line = next(file); line.isPresent(); line = next(file)) {
      if (tail == null) {
        print(line.get());
      } else {
        last.add(line.get());
      }
    }
    for (LogLine line : last.parts()) {
      print(line);
    }
    out.flush();
  }

  private void follow(LogFile file, AdminClient daemon, String id)
      throws IOException, InterruptedException {
    boolean ended = false;
    for (int polls = 1; ; polls++) {
      boolean more = false;
      for (Optional<LogLine> line = next(file); line.isPresent(); line = next(file)) {
        print(line.get());
        more = true;
      }
      out.flush();
      if (System.out.checkError() || (ended && !more)) {
        return;
      }
      Thread.sleep(POLL_MILLIS);
      ended = ended || (polls % POLLS_TO_A_LOOK == 0 && hasEnded(daemon, id));
    }
  }

  /** A daemon that does not answer may be at its restart. */
  private static boolean hasEnded(AdminClient daemon, String id) {
    try {
      return Node.containers(daemon).stream()
          .noneMatch(each -> each.id().equals(id) && each.finished().isEmpty());
    } catch (IOException e) {
      return false;
    }
  }

  /** Skips what is no line of a log, and what is too old. */
  private Optional<LogLine> next(LogFile file) throws IOException {
    while (true) {
      Optional<byte[]> line = file.next();
      if (line.isEmpty()) {
        return Optional.empty();
      }
      Optional<LogLine> parsed = LogLine.parse(line.get());
      if (parsed.isPresent() && (since == null || parsed.get().since(since))) {
        return parsed;
      }
    }
  }

  private void print(LogLine line) throws IOException {
    OutputStream target = line.stderr() ? System.err : out;
    boolean starts = line.stderr() ? errorStarts : outputStarts;
    if (timestamps && starts) {
      target.write((line.time() + " ").getBytes(StandardCharsets.UTF_8));
    }
    line.writeTo(target);
    if (line.stderr()) {
      errorStarts = line.whole();
    } else {
      outputStarts = line.whole();
    }
    if (line.whole()) {
      target.write('\n');
    }
  }

  @Override
  protected String failure() {
    return "cannot show the log of " + name;
  }
}
