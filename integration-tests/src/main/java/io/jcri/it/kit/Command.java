package io.jcri.it.kit;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A program to run to its end. Immutable; the {@code with} methods give changed copies.
 *
 * @param patience after which the program is killed and the run counts as failed
 */
public record Command(List<String> arguments, Map<String, String> environment, Duration patience) {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** How a run went; both outputs whole, as UTF-8. */
  public record Result(Command command, int exitCode, String out, String err) {
    /** Returns this when the program succeeded. */
    public Result orThrow() throws IOException {
      if (exitCode != 0) {
        throw new IOException(
            "%s ended with %d: %s".formatted(command.line(), exitCode, (err + out).strip()));
      }
      return this;
    }
  }

  /** A program, found on the path, with its arguments. */
  public static Command of(String... arguments) {
    return of(List.of(arguments));
  }

  /** A program, found on the path, with its arguments. */
  public static Command of(List<String> arguments) {
    return new Command(List.copyOf(arguments), Map.of(), PATIENCE);
  }

  /** Returns this with one more environment variable. */
  public Command withEnvironment(String name, String value) {
    Map<String, String> more = new TreeMap<>(environment);
    more.put(name, value);
    return new Command(arguments, more, patience);
  }

  /** Returns this with another patience. */
  public Command withPatience(Duration duration) {
    return new Command(arguments, environment, duration);
  }

  /** Runs the program, whatever its end. */
  public Result run() throws IOException {
    Path out = Files.createTempFile("jcri-it", ".out");
    Path err = Files.createTempFile("jcri-it", ".err");
    try {
      int exitCode = run(out.toFile(), err.toFile());
      return new Result(this, exitCode, text(out), text(err));
    } finally {
      Files.deleteIfExists(out);
      Files.deleteIfExists(err);
    }
  }

  /** Returns the program and its arguments as a person would type them. */
  public String line() {
    return String.join(" ", arguments);
  }

  private int run(File out, File err) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(arguments)
            .redirectInput(new File("/dev/null"))
            .redirectOutput(out)
            .redirectError(err);
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      if (!Waiting.end(process, patience)) {
        throw new IOException("%s did not end in %s".formatted(line(), patience));
      }
      return process.exitValue();
    } finally {
      process.destroyForcibly();
    }
  }

  /** Whatever bytes a program may have written; readString would refuse some. */
  private static String text(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
  }
}
