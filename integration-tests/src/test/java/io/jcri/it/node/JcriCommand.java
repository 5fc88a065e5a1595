package io.jcri.it.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.it.kit.Command;
import io.jcri.it.kit.Workspace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The jcri commands that ask a node's daemon. */
public final class JcriCommand {
  private final TestNode node;

  /** Those beside the tested daemon. */
  public JcriCommand(TestNode node) {
    this.node = node;
  }

  /** What a person would type, but for the socket. */
  public List<String> line(String... words) throws IOException {
    List<String> line = new ArrayList<>();
    line.add(Workspace.distribution().resolve("bin/jcri").toString());
    line.addAll(Arrays.asList(words));
    Path socket = node.daemon().state().resolve("admin.sock");
    // What ends the line of these is another command's.
    boolean wraps = words[0].equals("exec") || words[0].equals("nsenter");
    line.addAll(wraps ? 2 : line.size(), List.of("--socket", socket.toString()));
    return line;
  }

  /** Runs a command, whatever its end. */
  public Command.Result run(String... words) throws IOException {
    return Command.of(line(words)).run();
  }

  /** Runs a command that must succeed. Returns what it prints. */
  public String out(String... words) throws IOException {
    Command.Result result = run(words);
    assertThat(result.exitCode()).as(result.err()).isZero();
    return result.out();
  }

  /** Runs a command that must fail. Returns the one line that says why. */
  public String refusal(String... words) throws IOException {
    Command.Result result = run(words);
    assertThat(result.exitCode()).as(result.out()).isEqualTo(1);
    assertThat(result.err().lines()).as(result.err()).hasSize(1);
    return result.err().strip();
  }
}
