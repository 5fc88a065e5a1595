package io.jcri.daemon.cli.pod;

import io.jcri.daemon.admin.AdminClient;
import io.jcri.daemon.admin.NodeMessages;
import io.jcri.daemon.admin.NodeMessages.Event;
import io.jcri.daemon.cli.kit.AdminCommand;
import io.jcri.daemon.cli.kit.ShortId;
import io.jcri.oci.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.temporal.ChronoUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code jcri events}. */
@Command(
    name = "events",
    description = "Print what has happened to pods and containers lately, a line each.")
public final class EventsCommand extends AdminCommand {
  /** Lines that can be read one by one as they come. */
  enum Format {
    table,
    json
  }

  @Option(
      names = {"-f", "--follow"},
      description = "Go on with what happens, until interrupted.")
  private boolean follow;

  @Option(
      names = {"-o", "--output"},
      defaultValue = "table",
      description = "table, or json with an object in each line; ${DEFAULT-VALUE} by default.")
  private Format format = Format.table;

  @Override
  protected int run(AdminClient daemon) throws IOException {
    daemon.ask(
        "events",
        new NodeMessages.Listen(follow),
        Event.class,
        event -> {
          System.out.println(
              switch (format) {
                case table -> line(event);
                case json -> new String(Json.toBytes(event), StandardCharsets.UTF_8);
              });
          System.out.flush();
        });
    return CommandLine.ExitCode.OK;
  }

  static String line(Event event) {
    String name =
        event.pod().orElse("") + event.container().map(container -> "/" + container).orElse("");
    String code = event.exitCode().map(number -> " exit code " + number).orElse("");
    return "%-24s %-9s %-7s %s %s%s"
        .formatted(
            event.at().truncatedTo(ChronoUnit.MILLIS),
            event.kind(),
            event.type(),
            ShortId.of(event.id()),
            name,
            code)
        .stripTrailing();
  }

  @Override
  protected String failure() {
    return "cannot tell events";
  }
}
