package io.jcri.daemon.cli;

import io.jcri.daemon.admin.AdminClient;
import io.jcri.daemon.admin.ConfigMessages;
import io.jcri.daemon.cli.kit.AdminCommand;
import io.jcri.daemon.config.ConfigException;
import io.jcri.daemon.config.ConfigSource;
import io.jcri.daemon.config.Origin;
import io.jcri.daemon.config.Setting;
import io.jcri.oci.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code jcri config show}. */
@Command(
    name = "show",
    description = "Print what counts for each key, and where that comes from.",
    exitCodeListHeading = "Exit status:%n",
    exitCodeList = {
      "0:It is printed.",
      "1:Something in the configuration is wrong, or no daemon answers.",
      "2:The command line is wrong."
    })
final class ConfigShowCommand extends AdminCommand {
  /** How it is printed; named as they are on the command line. */
  enum Form {
    /** As a configuration file, with the origins as comments. */
    toml,
    /** For programs. */
    json
  }

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "<file>",
      description =
          "The file; /etc/jcri/config.toml by default, if it is there. conf.d/*.toml beside it"
              + " count as well.")
  private @Nullable Path file;

  @Option(
      names = "--running",
      description =
          "What the running daemon goes by, its flags included, instead of what files say now.")
  private boolean running;

  @Option(names = "--changed", description = "Leave out what is the default.")
  private boolean changed;

  @Option(
      names = {"-o", "--output"},
      defaultValue = "toml",
      description = "${COMPLETION-CANDIDATES}; ${DEFAULT-VALUE} by default.")
  private Form form = Form.toml;

  @Override
  protected int run(AdminClient daemon) throws IOException {
    if (running && file != null) {
      System.err.println("a file is not what is running: leave out one of both");
      return CommandLine.ExitCode.USAGE;
    }
    List<ConfigMessages.Row> rows = new ArrayList<>();
    if (running) {
      daemon.ask("config", new ConfigMessages.Ask(), ConfigMessages.Row.class, rows::add);
    } else {
      try {
        read(ConfigSource.of(Optional.ofNullable(file)), rows);
      } catch (ConfigException e) {
        e.problems().forEach(System.err::println);
        return CommandLine.ExitCode.SOFTWARE;
      }
    }
    rows.removeIf(row -> changed && row.origin().equals(Origin.DEFAULT.toString()));
    switch (form) {
      case toml -> lines(rows).forEach(System.out::println);
      case json -> System.out.writeBytes(Json.toPrettyBytes(rows));
    }
    return CommandLine.ExitCode.OK;
  }

  private static void read(ConfigSource source, List<ConfigMessages.Row> rows) {
    source
        .load()
        .settings()
        .forEach((key, setting) ->
            rows.add(new ConfigMessages.Row(key, setting.value(), setting.origin().toString())));
  }

  /** What has no table comes first: behind a table's name it would belong to that. */
  static List<String> lines(List<ConfigMessages.Row> rows) {
    Map<String, List<String>> tables = new LinkedHashMap<>();
    tables.put("", new ArrayList<>());
    for (ConfigMessages.Row row : rows) {
      int dot = row.key().lastIndexOf('.');
      String table = row.key().substring(0, Math.max(0, dot));
      tables
          .computeIfAbsent(table, _ -> new ArrayList<>())
          .add(
              "%s = %s # %s"
                  .formatted(
                      row.key().substring(dot + 1), Setting.toml(row.value()), row.origin()));
    }
    List<String> lines = new ArrayList<>();
    tables.forEach((table, keys) -> {
      if (!table.isEmpty()) {
        if (!lines.isEmpty()) {
          lines.add("");
        }
        lines.add("[" + table + "]");
      }
      lines.addAll(keys);
    });
    return lines;
  }

  @Override
  protected String failure() {
    return "cannot show the configuration";
  }
}
