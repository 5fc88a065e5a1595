package io.jcri.daemon.cli;

import io.jcri.daemon.cli.kit.JcriVersion;
import io.jcri.daemon.config.ConfigException;
import io.jcri.daemon.config.ConfigSource;
import io.jcri.daemon.config.LoadedConfig;
import io.jcri.daemon.runtime.RuntimeCheck;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code jcri config check}: tells everything that is wrong, in all files that would be read. */
@Command(
    name = "check",
    description = "Check what the daemon would read: each problem with its file and line.",
    mixinStandardHelpOptions = true,
    versionProvider = JcriVersion.class,
    exitCodeListHeading = "Exit status:%n",
    exitCodeList = {
      "0:The configuration is good.",
      "1:Something in it is wrong.",
      "2:The command line is wrong.",
      "3:There is no such file."
    })
final class ConfigCheckCommand implements Callable<Integer> {
  private static final int MISSING = 3;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "<file>",
      description =
          "The file; /etc/jcri/config.toml by default, if it is there. conf.d/*.toml beside it"
              + " count as well, in the order of their names.")
  private @Nullable Path file;

  @Override
  public Integer call() {
    ConfigSource source = ConfigSource.of(Optional.ofNullable(file));
    if (file != null && Files.notExists(file)) {
      System.err.println(file + ": there is no such file");
      return MISSING;
    }
    try {
      return judge(source, source.load());
    } catch (ConfigException e) {
      e.problems().forEach(System.err::println);
      return CommandLine.ExitCode.SOFTWARE;
    }
  }

  private static int judge(ConfigSource source, LoadedConfig loaded) {
    List<String> escapes = RuntimeCheck.escapes(loaded.config());
    escapes.forEach(System.err::println);
    if (!escapes.isEmpty() && loaded.config().refuseKnownEscapes()) {
      System.err.println("refuse_known_escapes is set, so these run no container");
      return CommandLine.ExitCode.SOFTWARE;
    }
    if (loaded.files().isEmpty()) {
      System.out.printf(
          "good: there is neither %s nor a file in %s, the defaults count%n",
          source.file(), source.dropIns());
    }
    loaded.files().forEach(read -> System.out.println(read + ": good"));
    return CommandLine.ExitCode.OK;
  }
}
