package io.jcri.shim;

import io.jcri.sandbox.linux.ProcessId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A running shim. Thread-safe: each request has a connection of its own, so that a long one keeps
 * nothing else waiting. {@link #close} only lets go of the shim, which goes on without us.
 *
 * <p>Calls block (without pinning a virtual thread's carrier, but for the descriptors of {@link
 * #exec} and {@link #attach}) and end when their thread is interrupted.
 */
public final class Shim implements AutoCloseable {
  private static final Duration DELETE_LIMIT = Duration.ofSeconds(60);
  private static final Duration EXEC_SLACK = Duration.ofSeconds(10);

  private final Path socket;
  private final ProcessId process;
  private final ExitWatch watch;

  private Shim(Path socket, ProcessId process, ExitWatch watch) {
    this.socket = socket;
    this.process = process;
    this.watch = watch;
  }

  /** Speaks to the shim of a state directory; the limit holds for each of its two answers. */
  static Shim connect(Path stateDirectory, Duration limit) throws ShimException {
    Path socket = stateDirectory.resolve("shim.sock");
    ShimConnection connection = ShimConnection.open(socket);
    try {
      connection.send(Frame.request(Wire.STATUS));
      Frame status = connection.receiveOk(limit);
      int pid = (int) status.number(Wire.TAG_SHIM_PID);
      ProcessId process = ProcessId.of(pid).orElseThrow(() -> gone(socket, pid));
      String containerId = status.text(Wire.TAG_CONTAINER_ID);
      return new Shim(socket, process, ExitWatch.begin(containerId, connection, limit));
    } catch (IOException | RuntimeException e) {
      connection.close();
      throw e instanceof ShimException known
          ? known
          : new ShimException(
              ShimException.Kind.PROTOCOL, "cannot speak to the shim on " + socket, e);
    }
  }

  private static ShimException gone(Path socket, int pid) {
    return new ShimException(
        ShimException.Kind.LOST, "shim process " + pid + " of " + socket + " is gone");
  }

  /** The shim's own process. */
  public ProcessId process() {
    return process;
  }

  /** Sends a request and returns its one answer. */
  private Frame ask(Frame.Builder request, Duration limit) throws ShimException {
    try (ShimConnection connection = ShimConnection.open(socket)) {
      connection.send(request);
      return connection.receiveOk(limit);
    }
  }

  private static int pid(Frame frame) {
    return (int) frame.number(Wire.TAG_PID);
  }

  /**
   * Starts the container, waiting as long as the OCI runtime takes; see {@link #start(Duration)}.
   */
  public int start() throws ShimException {
    return start(ShimConnection.FOREVER);
  }

  /**
   * Starts the container. May be asked again while it starts or runs; after a failure it may be
   * tried again.
   *
   * @param limit how long the OCI runtime may take, zero for as long as it likes; {@link #delete}
   *     ends one that takes longer, and a call of this that waits for it
   * @return the pid of the container's first process
   * @throws ShimException REFUSED with the runtime's own text when it could not be started, TIMEOUT
   *     after the limit
   */
  public int start(Duration limit) throws ShimException {
    return pid(ask(Frame.request(Wire.START), limit));
  }

  /** The shim's view of the container. */
  public ShimStatus status() throws ShimException {
    Frame frame = ask(Frame.request(Wire.STATUS), ShimConnection.PROMPT);
    int number = (int) frame.number(Wire.TAG_STATE);
    ShimStatus.State[] states = ShimStatus.State.values();
    if (number < 0 || number >= states.length) {
      throw new ShimException(
          ShimException.Kind.PROTOCOL, "shim on " + socket + " is in unknown state " + number);
    }
    ShimStatus.State state = states[number];
    String containerId = frame.text(Wire.TAG_CONTAINER_ID);
    return new ShimStatus(
        containerId,
        state,
        pid(frame),
        frame.number(Wire.TAG_STARTED_AT),
        state == ShimStatus.State.EXITED
            ? Optional.of(ExitWatch.record(containerId, frame))
            : Optional.empty(),
        frame.number(Wire.TAG_LOG_DROPPED),
        frame.version());
  }

  /**
   * Sends a signal to the container's first process.
   *
   * @throws ShimException REFUSED when the container does not run
   */
  public void kill(int signal) throws ShimException {
    ask(Frame.request(Wire.KILL).number(Wire.TAG_SIGNAL, signal), ShimConnection.PROMPT);
  }

  /**
   * Runs a process in the container to its end. When the calling thread is interrupted the shim
   * ends the process, as nobody would hear of it any more.
   *
   * @param processJson the process object of the OCI runtime spec, with terminal false
   * @param timeout after which it is killed with all that it started; zero for none
   * @param outputLimit bytes of stdout and of stderr that are wanted; the rest is thrown away
   * @param output where they go
   * @throws ShimException REFUSED with the runtime's own text when it could not be started
   */
  public ExecResult execSync(
      byte[] processJson, Duration timeout, int outputLimit, ExecOutput output) throws IOException {
    // A shim that keeps its time needs no limit here; one that hangs must not hold the caller.
    Duration limit = timeout.isZero() ? ShimConnection.WHILE_ALIVE : timeout.plus(EXEC_SLACK);
    try (ShimConnection connection = ShimConnection.open(socket)) {
      connection.send(
          Frame.request(Wire.EXEC_SYNC)
              .bytes(Wire.TAG_PROCESS, processJson)
              .number(Wire.TAG_TIMEOUT_MILLIS, timeout.toMillis())
              .number(Wire.TAG_LIMIT, outputLimit));
      while (true) {
        Frame frame = connection.receiveOk(limit);
        switch (frame.type()) {
          case Wire.STDOUT -> output.stdout(frame.bytes(Wire.TAG_DATA));
          case Wire.STDERR -> output.stderr(frame.bytes(Wire.TAG_DATA));
          case Wire.EXEC_EXIT -> {
            return new ExecResult(
                (int) frame.number(Wire.TAG_EXIT_CODE),
                frame.flag(Wire.TAG_TIMED_OUT),
                frame.flag(Wire.TAG_TRUNCATED));
          }
          default -> {
            // A newer shim may tell more than we know of.
          }
        }
      }
    }
  }

  /**
   * Starts a process in the container for a client that streams to and from it.
   *
   * @param processJson the process object of the OCI runtime spec, its terminal equal to tty
   * @param tty whether it gets a terminal
   * @param stdin whether the client writes to it
   * @throws ShimException REFUSED with the runtime's own text when it could not be started
   */
  public ExecStreams exec(byte[] processJson, boolean tty, boolean stdin) throws IOException {
    ShimConnection control = ShimConnection.open(socket);
    try {
      control.send(
          Frame.request(Wire.EXEC)
              .bytes(Wire.TAG_PROCESS, processJson)
              .flag(Wire.TAG_TTY, tty)
              .flag(Wire.TAG_STDIN, stdin));
      long id = control.receiveOk(ShimConnection.WHILE_ALIVE).number(Wire.TAG_EXEC_ID);
      return new ExecStreams(control, DescriptorReceiver.take(socket, id), id);
    } catch (IOException | RuntimeException e) {
      control.close();
      throw e;
    }
  }

  /**
   * Takes part in the container's own streams, those asked for that it has.
   *
   * @throws ShimException REFUSED when the container does not run
   */
  public AttachStreams attach(boolean stdin, boolean stdout, boolean stderr) throws IOException {
    ShimConnection control = ShimConnection.open(socket);
    try {
      control.send(
          Frame.request(Wire.ATTACH)
              .flag(Wire.TAG_STDIN, stdin)
              .flag(Wire.TAG_STDOUT, stdout)
              .flag(Wire.TAG_STDERR, stderr));
      long id = control.receiveOk(ShimConnection.PROMPT).number(Wire.TAG_EXEC_ID);
      return new AttachStreams(control, DescriptorReceiver.take(socket, id), id);
    } catch (IOException | RuntimeException e) {
      control.close();
      throw e;
    }
  }

  /** Sets the window size of an exec's terminal, or of the container's own. */
  public void resize(Optional<String> execId, int columns, int rows) throws ShimException {
    Frame.Builder request =
        Frame.request(Wire.RESIZE)
            .number(Wire.TAG_COLUMNS, columns)
            .number(Wire.TAG_ROWS, rows)
            .number(Wire.TAG_EXEC_ID, execId.map(Long::parseLong).orElse(0L));
    ask(request, ShimConnection.PROMPT);
  }

  /**
   * Opens the log file anew, after a rotation; nothing is lost, and on failure the old one stays.
   */
  public void reopenLog() throws ShimException {
    ask(Frame.request(Wire.REOPEN_LOG), ShimConnection.PROMPT);
  }

  /** Ends the container's stdin; does nothing to a terminal. */
  public void closeStdin() throws ShimException {
    ask(Frame.request(Wire.CLOSE_STDIN), ShimConnection.PROMPT);
  }

  /** Calls the listener once when the container has ended; in this very call if it has already. */
  public void onExit(Consumer<ExitRecord> listener) {
    watch.onExit(listener);
  }

  /** What became of the container, as far as the shim has told us yet. */
  public Optional<ExitRecord> exit() {
    return watch.exit();
  }

  /** Calls the listener when the shim is gone without having been deleted; see {@link #onExit}. */
  public void onLost(Runnable listener) {
    watch.onLost(listener);
  }

  /**
   * Kills the container if it runs, has the OCI runtime forget it, and ends the shim. On failure
   * the shim stays, and this may be tried again.
   */
  public void delete() throws ShimException {
    watch.expectEnd(true);
    try {
      askToDelete();
    } catch (ShimException e) {
      watch.expectEnd(false);
      throw e;
    }
    watch.close();
  }

  /** The OCI runtime may take its time, but a shim that hangs is not waited for. */
  private void askToDelete() throws ShimException {
    try {
      ask(Frame.request(Wire.DELETE), ShimConnection.PROMPT);
    } catch (ShimException e) {
      if (e.kind() != ShimException.Kind.TIMEOUT) {
        throw e;
      }
      ShimStatus _ = status();
      ask(Frame.request(Wire.DELETE), DELETE_LIMIT);
    }
  }

  /** Lets go of the shim, which lives on; neither exit nor loss is reported any more. */
  @Override
  public void close() {
    watch.close();
  }
}
