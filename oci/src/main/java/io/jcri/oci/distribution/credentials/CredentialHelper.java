package io.jcri.oci.distribution.credentials;

import io.jcri.oci.Json;
import io.jcri.oci.OciException;
import io.jcri.oci.OneLine;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/**
 * Asks a program {@code docker-credential-NAME get}, which reads a server from its standard input
 * and writes {@code {"Username": ..., "Secret": ...}} (protocol of docker-credential-helpers). What
 * it writes is told in no message. Thread-safe.
 */
public final class CredentialHelper {

  private static final String PREFIX = "docker-credential-";
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");
  private static final int MAX_OUTPUT = 64 << 10;
  private static final Json.Bounds BOUNDS = new Json.Bounds(MAX_OUTPUT, 100);

  /** The user name that says that the secret is an identity token. */
  private static final String TOKEN = "<token>";

  /** What helpers say on standard output, beside failing, when they have nothing. */
  private static final String NOT_FOUND = "credentials not found in native keychain";

  private final List<Path> directories;
  private final Duration patience;

  private record Answer(
      @Json.Name("Username") Optional<String> username,
      @Json.Name("Secret") Optional<String> secret) {}

  /** The node's: in fixed directories, since a service's PATH is anyone's guess. */
  CredentialHelper() {
    this(
        List.of(
            Path.of("/usr/local/sbin"),
            Path.of("/usr/local/bin"),
            Path.of("/usr/sbin"),
            Path.of("/usr/bin"),
            Path.of("/sbin"),
            Path.of("/bin"),
            Path.of("/opt/bin")),
        Duration.ofSeconds(30));
  }

  public CredentialHelper(List<Path> directories, Duration patience) {
    this.directories = List.copyOf(directories);
    this.patience = patience;
  }

  /**
   * Asks for a server's credentials.
   *
   * @return empty when the helper has none
   * @throws OciException FAILED_PRECONDITION when there is no such helper or it fails
   */
  public Optional<Credentials> get(String name, String server) throws InterruptedException {
    Path program = program(name);
    Process process;
    try {
      process =
          new ProcessBuilder(program.toString(), "get")
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
    } catch (IOException e) {
      throw failed(program, "cannot be run: " + e.getMessage());
    }
    try {
      tell(process, server);
      byte[] output = output(process, program);
      if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        throw failed(program, "does not end");
      }
      if (process.exitValue() != 0) {
        if (new String(output, StandardCharsets.UTF_8).contains(NOT_FOUND)) {
          return Optional.empty();
        }
        throw failed(program, "ended with status " + process.exitValue() + " for " + server);
      }
      return credentials(output, program);
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      Process _ = process.destroyForcibly();
    }
  }

  private Path program(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new OciException(
          OciException.Kind.FAILED_PRECONDITION,
          "bad name of a credential helper: \"" + OneLine.of(name) + "\"");
    }
    return directories.stream()
        .map(directory -> directory.resolve(PREFIX + name))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(() ->
            new OciException(
                OciException.Kind.FAILED_PRECONDITION,
                "there is no credential helper " + PREFIX + name + " in " + directories));
  }

  private static void tell(Process process, String server) {
    try (OutputStream in = process.getOutputStream()) {
      in.write(server.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // One that knows its only server need not read it; what it answers counts.
    }
  }

  /** Read apart, since it may say nothing for ever. */
  private byte[] output(Process process, Path program) throws InterruptedException {
    FutureTask<byte[]> reading =
        new FutureTask<>(() -> {
          try (InputStream out = process.getInputStream()) {
            return out.readNBytes(MAX_OUTPUT + 1);
          }
        });
    Thread _ = Thread.ofPlatform().daemon().name("jcri-credentials").start(reading);
    byte[] output;
    try {
      output = reading.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw failed(program, "does not answer");
    } catch (ExecutionException e) {
      throw failed(program, "cannot be read");
    }
    if (output.length > MAX_OUTPUT) {
      throw failed(program, "wrote more than " + MAX_OUTPUT + " bytes");
    }
    return output;
  }

  private static Optional<Credentials> credentials(byte[] output, Path program) {
    Answer answer;
    try {
      answer = Json.parse(output, Answer.class, BOUNDS);
    } catch (OciException e) {
      throw failed(program, "did not write JSON with Username and Secret");
    }
    String username = answer.username.orElse("");
    String secret = answer.secret.orElse("");
    if (username.equals(TOKEN)) {
      return Optional.of(new Credentials("", "", "", secret, "", ""))
          .filter(found -> !found.isAnonymous());
    }
    return Optional.of(Credentials.of(username, secret)).filter(found -> !found.isAnonymous());
  }

  /** Without a cause: it could quote a secret. */
  private static OciException failed(Path program, String why) {
    return new OciException(
        OciException.Kind.FAILED_PRECONDITION, "credential helper " + program + " " + why);
  }
}
