package io.jcri.daemon.cli.manual;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

final class ManualPagesTest {
  @Command(
      name = "jcri",
      subcommands = {Show.class, Group.class, Secret.class})
  private static final class Commands {}

  /** Nobody runs it: its fields are there for their annotations. */
  @SuppressWarnings("UnusedVariable")
  @Command(name = "show", description = "Show a pod.", mixinStandardHelpOptions = true)
  private static final class Show {
    @Option(
        names = {"-o", "--output"},
        paramLabel = "FORMAT",
        description = "The form, ${DEFAULT-VALUE} by default.",
        defaultValue = "table")
    private String output = "";

    @Option(names = "--inner", hidden = true, description = "Not for people.")
    private boolean inner;

    @Parameters(paramLabel = "POD", arity = "1..*", description = "Pods by name or ID.")
    private List<String> pods = List.of();
  }

  @Command(name = "group", subcommands = Below.class)
  private static final class Group {}

  @Command(name = "below", description = ".hidden files are looked at.")
  private static final class Below {}

  @Command(name = "secret", hidden = true, description = "Not for people.")
  private static final class Secret {}

  private static String commands() {
    return CommandPage.of(new CommandLine(new Commands()), "1.2.3");
  }

  @Test
  void aCommandIsDescribedWithItsOptionsAndParameters() {
    assertThat(commands())
        .contains(
            """
            .SS "jcri show [OPTION...] POD..."
            Show a pod.
            .TP
            \\fB\\-o, \\-\\-output=FORMAT\\fR
            The form, table by default.
            """)
        .contains(
            """
            .TP
            \\fBPOD\\fR
            Pods by name or ID.
            """);
  }

  @Test
  void aCommandBelowAnotherIsDescribedByItself() {
    assertThat(commands())
        .contains(".SS \"jcri group below\"")
        .doesNotContain(".SS \"jcri group\"");
  }

  @Test
  void whatIsHiddenIsLeftOut() {
    assertThat(commands()).doesNotContain("secret").doesNotContain("inner");
  }

  @Test
  void wordsThatLookLikeARequestAreNone() {
    assertThat(commands()).contains("\n\\&.hidden files are looked at.\n");
  }

  @Test
  void theVersionIsInTheHeading() {
    assertThat(commands()).startsWith(".TH \"JCRI\" 8 \"\" \"jcri 1.2.3\"");
  }

  @Test
  void aKeyOfTheConfigurationHasTheCommentBeforeIt() {
    String page =
        ConfigPage.of(
            """
            # What this is.

            # Where things
            # are kept.
            root = "/var"
            state = "/run"
            # Why not.
            flag = false

            # Ways out.
            [network]
            # The name.
            bridge = "a-b"
            """,
            "1.2.3");
    assertThat(page)
        .contains(
            """
            .SH "DESCRIPTION"
            .PP
            What this is.
            .TP
            \\fBroot = \\(dq/var\\(dq\\fR
            .TQ
            \\fBstate = \\(dq/run\\(dq\\fR
            Where things are kept.
            .TP
            \\fBflag = false\\fR
            Why not.
            .SS "[network]"
            Ways out.
            .TP
            \\fBbridge = \\(dqa\\-b\\(dq\\fR
            The name.
            """);
  }
}
