package io.jcri.daemon.cli;

import io.jcri.daemon.admin.AdminClient;
import io.jcri.daemon.admin.PullMessages;
import io.jcri.daemon.cli.kit.AdminCommand;
import io.jcri.daemon.cli.kit.Terminal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code jcri pull}. The pull ends with the command, unless somebody else wants the image too. */
@Command(
    name = "pull",
    description = "Fetch an image: bars on a terminal, a line for each layer elsewhere.")
final class PullCommand extends AdminCommand {
  private static final int MAX_CREDENTIALS = 64 << 10;

  @Parameters(index = "0", paramLabel = "<image>", description = "Its name in any form.")
  private String image = "";

  @Option(
      names = "--creds",
      paramLabel = "<user:password>",
      description = "For the registry. Others on this machine may see it; see --creds-stdin.")
  private @Nullable String credentials;

  @Option(
      names = "--creds-stdin",
      description = "Read the user, a colon and the password from standard input.")
  private boolean credentialsFromInput;

  @Option(
      names = "--platform",
      paramLabel = "<os/arch[/variant]>",
      description = "Another one than the node's.")
  private @Nullable String platform;

  @Override
  protected int run(AdminClient daemon) throws IOException {
    Optional<String> pair = Optional.ofNullable(credentials);
    if (credentialsFromInput) {
      pair = Optional.of(read(System.in));
    }
    if (pair.isPresent() && pair.get().indexOf(':') < 1) {
      System.err.println(failure() + ": credentials are a user, a colon and a password");
      return CommandLine.ExitCode.USAGE;
    }
    PullMessages.Pull request =
        new PullMessages.Pull(
            image,
            pair.map(text -> text.substring(0, text.indexOf(':'))),
            pair.map(text -> text.substring(text.indexOf(':') + 1)),
            Optional.ofNullable(platform));
    if (Terminal.isThere()) {
      PullBars bars = new PullBars();
      daemon.ask(
          "pull",
          request,
          PullMessages.Progress.class,
          progress -> {
            System.out.print(bars.next(progress));
            System.out.flush();
          });
    } else {
      PullLines lines = new PullLines();
      daemon.ask(
          "pull",
          request,
          PullMessages.Progress.class,
          progress -> lines.next(progress).forEach(System.out::println));
    }
    return CommandLine.ExitCode.OK;
  }

  /** A line feed at the end is not the password's. */
  private static String read(InputStream in) throws IOException {
    String text = new String(in.readNBytes(MAX_CREDENTIALS), StandardCharsets.UTF_8);
    return text.replaceFirst("\r?\n$", "");
  }

  @Override
  protected String failure() {
    return "cannot pull " + image;
  }
}
