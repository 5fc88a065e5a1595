package io.jcri.daemon.cli;

import io.jcri.daemon.admin.AdminClient;
import io.jcri.daemon.admin.SaveMessages;
import io.jcri.daemon.cli.kit.AdminCommand;
import io.jcri.daemon.cli.kit.Terminal;
import io.jcri.oci.image.SaveOptions;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code jcri save}. */
@Command(
    name = "save",
    description =
        "Write images into an archive that load and others read. Layers are packed anew: the image"
            + " has the same files and another ID.")
final class SaveCommand extends AdminCommand {
  @Parameters(
      arity = "1..*",
      paramLabel = "<image>",
      description = "ID, a prefix of it, or name; a tag becomes the image's name in the archive.")
  private List<String> images = List.of();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "<file>",
      description = "Where to; standard output by default.")
  private @Nullable Path file;

  @Option(
      names = "--format",
      defaultValue = "oci",
      description = "${COMPLETION-CANDIDATES}; ${DEFAULT-VALUE} by default.")
  private SaveOptions.Format format = SaveOptions.Format.OCI;

  @Option(
      names = "--compress",
      defaultValue = "gzip",
      description = "How layers are: ${COMPLETION-CANDIDATES}; ${DEFAULT-VALUE} by default.")
  private SaveOptions.Compression compression = SaveOptions.Compression.GZIP;

  @Override
  protected int run(AdminClient daemon) throws IOException {
    if (file == null) {
      if (Terminal.isThere()) {
        System.err.println(failure() + ": a terminal is no place for an archive, use -o");
        return CommandLine.ExitCode.USAGE;
      }
      write(daemon, System.out);
    } else if (Files.exists(file) && !Files.isRegularFile(file)) {
      try (OutputStream out = Files.newOutputStream(file)) {
        write(daemon, out);
      }
    } else {
      writeFile(daemon, file);
    }
    return CommandLine.ExitCode.OK;
  }

  /** What is there is replaced by a whole archive or not at all. */
  private void writeFile(AdminClient daemon, Path target) throws IOException {
    Path whole = Files.exists(target, LinkOption.NOFOLLOW_LINKS) ? target.toRealPath() : target;
    Path part = whole.resolveSibling(whole.getFileName() + ".part");
    part.toFile().deleteOnExit(); // when the command is interrupted
    try {
      try (OutputStream out = Files.newOutputStream(part)) {
        write(daemon, out);
      }
      Files.move(part, whole, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  private void write(AdminClient daemon, OutputStream out) throws IOException {
    daemon.ask(
        "save",
        new SaveMessages.Save(images, format, compression),
        Optional.empty(),
        SaveMessages.Nothing.class,
        nothing -> {},
        out);
    out.flush();
  }

  @Override
  protected String failure() {
    return "cannot save " + String.join(" ", images);
  }
}
