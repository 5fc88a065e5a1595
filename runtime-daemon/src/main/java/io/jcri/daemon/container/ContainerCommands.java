package io.jcri.daemon.container;

import io.jcri.daemon.budget.Bound;
import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.core.JcriException.Kind;
import io.jcri.daemon.core.Meter;
import io.jcri.daemon.core.Stages;
import io.jcri.daemon.record.Registry;
import io.jcri.oci.runtime.ArgumentLimits;
import io.jcri.oci.spec.ContainerProcess;
import io.jcri.oci.spec.SpecWriter;
import io.jcri.sandbox.linux.ProcessId;
import io.jcri.shim.AttachStreams;
import io.jcri.shim.ExecResult;
import io.jcri.shim.ExecStreams;
import io.jcri.shim.Shim;
import io.jcri.shim.ShimException;
import io.jcri.shim.ShimStatus;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What is asked of a running container's shim: commands in it, its streams, its log. One that ends
 * meanwhile is told of as such, and not as whatever then fails first.
 *
 * <p>Thread-safe.
 */
final class ContainerCommands {
  /** The longest that an ExecSync waits for room for its output, one without a time limit. */
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

  /** The part of its time limit that it may wait, or the wait would look like a slow command. */
  private static final int PART_WAITED = 4;

  /** From a shim's end until the daemon has taken notice. */
  private static final Duration LOSS_PATIENCE = Duration.ofSeconds(10);

  /** From the moment in which nothing can be started in a dying container until it is dead. */
  private static final Duration REFUSAL_PATIENCE = Duration.ofMillis(100);

  private final Registry<Container> containers;
  private final ContainerRun run;
  private final OutputBudget outputs =
      new OutputBudget(Bound.EXEC_SYNC_OUTPUT.limit(), 2 * CommandOutput.MOST);

  ContainerCommands(Registry<Container> containers, ContainerRun run) {
    this.containers = containers;
    this.run = run;
  }

  private interface Step<R> {
    R take(Shim shim) throws IOException;
  }

  private <R> R in(String id, String what, Step<R> step) throws IOException {
    Shim shim =
        run.shim(id)
            .orElseThrow(() ->
                JcriException.precondition(
                    "cannot %s container %s: it is %s"
                        .formatted(what, id, containers.require(id).phase())));
    try {
      return step.take(shim);
    } catch (ShimException e) {
      if (ended(id, shim, e)) {
        throw ended(id, e);
      }
      throw e;
    }
  }

  private boolean ended(String id, Shim shim, ShimException e) {
    return switch (e.kind()) {
      case LOST -> run.awaitEnd(id, LOSS_PATIENCE);
      case REFUSED ->
          tellsOfEnd(id, shim)
              || run.awaitEnd(id, REFUSAL_PATIENCE)
              || (dying(id) && run.awaitEnd(id, LOSS_PATIENCE))
              || tellsOfEnd(id, shim);
      case TIMEOUT, INTERRUPTED, PROTOCOL -> false;
    };
  }

  /** Its first process may have to wait for those of other commands that die with it. */
  private boolean dying(String id) {
    try {
      Optional<Integer> init = containers.get(id).flatMap(Container::init);
      return init.isPresent() && ProcessId.dying(init.get());
    } catch (IOException e) {
      return false;
    }
  }

  private boolean tellsOfEnd(String id, Shim shim) {
    try {
      return shim.status().state() == ShimStatus.State.EXITED;
    } catch (ShimException e) {
      return e.kind() == ShimException.Kind.LOST && run.awaitEnd(id, LOSS_PATIENCE);
    }
  }

  private JcriException ended(String id, IOException e) {
    return containers.get(id).isEmpty()
        ? JcriException.notFound("container", id)
        : new JcriException(Kind.FAILED_PRECONDITION, "container " + id + " has ended", e);
  }

  /**
   * What the failure of a running session means: returns it, unless the container has ended.
   *
   * @throws JcriException FAILED_PRECONDITION when it has
   */
  IOException meaning(String id, IOException failure) {
    if (failure instanceof ShimException e
        && e.kind() == ShimException.Kind.LOST
        && run.awaitEnd(id, LOSS_PATIENCE)) {
      throw ended(id, e);
    }
    return failure;
  }

  /**
   * Runs a command to its end; it is ended when the calling thread is interrupted. It may wait for
   * room for its output, see {@link OutputBudget}.
   *
   * @param timeout zero for none
   * @throws JcriException FAILED_PRECONDITION when the container does not run, or has ended and the
   *     command with it
   */
  CommandEnd execSync(String id, List<String> command, Duration timeout) throws IOException {
    CommandOutput output = new CommandOutput(outputs.share(patience(timeout)));
    Stages stages = new Stages("ExecSync " + id);
    stages.begin("command");
    try {
      ExecResult result =
          in(
              id,
              "run a command in",
              shim ->
                  shim.execSync(process(id, command, false), timeout, CommandOutput.MOST, output));
      output.end(result);
      Meter.now()
          .commandEnded(
              result.timedOut() ? "timeout" : result.exitCode() == 0 ? "success" : "failure");
      return new CommandEnd(result.exitCode(), result.timedOut(), output);
    } catch (IOException | RuntimeException | Error e) {
      output.close();
      Meter.now().commandEnded("error");
      throw e;
    } finally {
      stages.finish();
    }
  }

  private static Duration patience(Duration timeout) {
    Duration part = timeout.dividedBy(PART_WAITED);
    return timeout.isZero() || part.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : part;
  }

  private byte[] process(String id, List<String> command, boolean tty) {
    ContainerProcess process = containers.require(id).process().orElseThrow().exec(command, tty);
    ArgumentLimits.check("cmd", process.args(), process.env());
    return SpecWriter.processJson(process);
  }

  /**
   * Starts a command for a client that streams to and from it.
   *
   * @throws JcriException FAILED_PRECONDITION when the container does not run
   */
  ExecStreams exec(String id, List<String> command, boolean tty, boolean stdin) throws IOException {
    return in(id, "run a command in", shim -> shim.exec(process(id, command, tty), tty, stdin));
  }

  /**
   * Takes part in a container's own streams.
   *
   * @throws JcriException FAILED_PRECONDITION when the container does not run
   */
  AttachStreams attach(String id, boolean stdin, boolean stdout, boolean stderr)
      throws IOException {
    return in(id, "attach to", shim -> shim.attach(stdin, stdout, stderr));
  }

  /**
   * Sets the size of a terminal, in characters.
   *
   * @param exec the exec that has it; empty for the container's own
   */
  void resize(String id, Optional<String> exec, int columns, int rows) throws IOException {
    Boolean _ =
        in(
            id,
            "resize the terminal of",
            shim -> {
              shim.resize(exec, columns, rows);
              return true;
            });
  }

  /**
   * Makes the shim open the log file anew.
   *
   * @throws JcriException FAILED_PRECONDITION when the container does not run
   */
  void reopenLog(String id) throws IOException {
    Boolean _ =
        in(
            id,
            "reopen the log of",
            shim -> {
              shim.reopenLog();
              return true;
            });
  }
}
