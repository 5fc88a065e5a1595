package io.jcri.daemon.cli;

import io.jcri.daemon.admin.AdminClient;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code jcri load}: images without a registry. CRI has no call for it. */
@Command(
    name = "load",
    description =
        "Bring images from a file into the running daemon: an OCI layout or a Docker archive as tar,"
            + " plain, gzip or zstd.")
final class LoadCommand implements Callable<Integer> {
  @Parameters(index = "0", description = "The file; - for standard input.")
  private Path file = Path.of("-");

  @Option(
      names = "--socket",
      defaultValue = "/run/jcri/admin.sock",
      description = "The daemon's admin socket; ${DEFAULT-VALUE} by default.")
  private Path socket = Path.of("/run/jcri/admin.sock");

  @Override
  public Integer call() {
    try (InputStream in = file.toString().equals("-") ? System.in : Files.newInputStream(file)) {
      new AdminClient(socket).load(in).forEach(System.out::println);
      return CommandLine.ExitCode.OK;
    } catch (NoSuchFileException e) {
      System.err.println("cannot load " + file + ": there is no such file");
    } catch (IOException e) {
      System.err.println("cannot load " + file + ": " + e.getMessage());
    }
    return CommandLine.ExitCode.SOFTWARE;
  }
}
