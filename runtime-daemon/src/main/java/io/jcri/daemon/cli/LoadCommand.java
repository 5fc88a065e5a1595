package io.jcri.daemon.cli;

import io.jcri.daemon.admin.AdminClient;
import io.jcri.daemon.admin.LoadMessages;
import io.jcri.daemon.cli.kit.AdminCommand;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
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
final class LoadCommand extends AdminCommand {
  @Parameters(index = "0", defaultValue = "-", description = "The file; - for standard input.")
  private Path file = Path.of("-");

  @Option(
      names = "--ref",
      paramLabel = "<name>",
      description = "A name for the archive's only image, instead of its own; may be repeated.")
  private List<String> names = List.of();

  @Option(names = "--pin", description = "Keep the images: see pin.")
  private boolean pinned;

  @Override
  protected int run(AdminClient daemon) throws IOException {
    try (InputStream in = file.toString().equals("-") ? System.in : Files.newInputStream(file)) {
      daemon.ask(
          "load",
          new LoadMessages.Load(names, pinned),
          Optional.of(in),
          LoadMessages.Loaded.class,
          LoadCommand::print,
          OutputStream.nullOutputStream());
      return CommandLine.ExitCode.OK;
    } catch (NoSuchFileException e) {
      throw new IOException("there is no such file", e);
    }
  }

  @Override
  protected String failure() {
    return "cannot load " + file;
  }

  private static void print(LoadMessages.Loaded image) {
    System.out.println(String.join(" ", image.id(), String.join(" ", image.names())).strip());
  }
}
