package io.jcri.oci.signature;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The real GnuPG with a home of its own; close it, since it leaves an agent running. */
final class Gpg implements AutoCloseable {

  private final Path home;
  private int messages;

  Gpg(Path home) throws IOException {
    this.home = home;
    Files.createDirectories(home);
  }

  /**
   * Makes a key that signs.
   *
   * @param expire as GnuPG takes it; 0 for never
   * @return its fingerprint
   */
  String makeKey(String user, String algorithm, String expire, String... options)
      throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of(options));
    arguments.addAll(
        List.of("--passphrase", "", "--quick-gen-key", user, algorithm, "cert,sign", expire));
    String _ = run(arguments);
    return fingerprint(user);
  }

  String fingerprint(String user) throws IOException, InterruptedException {
    return run(List.of("--with-colons", "--list-keys", "=" + user))
        .lines()
        .filter(line -> line.startsWith("fpr:"))
        .findFirst()
        .orElseThrow()
        .split(":", -1)[9];
  }

  byte[] export(String user, String... options) throws IOException, InterruptedException {
    Path file = home.resolve("export-" + messages++);
    List<String> arguments = new ArrayList<>(List.of(options));
    arguments.addAll(List.of("--output", file.toString(), "--export", user));
    String _ = run(arguments);
    return Files.readAllBytes(file);
  }

  /** As Podman and Skopeo do it: one message with the content in it. */
  byte[] sign(String user, String content, String... options)
      throws IOException, InterruptedException {
    Path in = Files.writeString(home.resolve("in-" + messages), content);
    Path out = home.resolve("out-" + messages++);
    List<String> arguments = new ArrayList<>(List.of(options));
    arguments.addAll(
        List.of(
            "--passphrase", "", "--output", out.toString(), "-u", user, "--sign", in.toString()));
    String _ = run(arguments);
    return Files.readAllBytes(out);
  }

  /** Revokes a key by the certificate that was made with it. */
  void revoke(String fingerprint) throws IOException, InterruptedException {
    Path file = home.resolve("openpgp-revocs.d").resolve(fingerprint + ".rev");
    // A colon before the armor keeps anybody from importing it by mistake.
    Path usable =
        Files.writeString(
            home.resolve("revoke"), Files.readString(file).replace(":-----", "-----"));
    String _ = run(List.of("--import", usable.toString()));
  }

  String run(List<String> arguments) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of("gpg", "--homedir", home.toString(), "--batch", "--yes", "--quiet"));
    command.addAll(List.of("--pinentry-mode", "loopback"));
    command.addAll(arguments);
    return execute(command);
  }

  private static String execute(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(command + ": " + output);
    }
    return output;
  }

  @Override
  public void close() throws IOException {
    try {
      String _ = execute(List.of("gpgconf", "--homedir", home.toString(), "--kill", "all"));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted before GnuPG's agent had ended", e);
    }
  }
}
