package io.jcri.daemon.streaming.command;

import io.jcri.daemon.streaming.link.ClientStream;
import io.jcri.daemon.system.HeapGuard;
import io.jcri.shim.SessionStreams;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The threads of a session that copy between a client and a process, in all directions it has. */
final class Copies implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Copies.class);

  /** Sets the size of the session's terminal. */
  interface Terminal {
    void resize(int columns, int rows) throws IOException;
  }

  private final CommandStreams client;
  private final SessionStreams process;
  private final List<Pump> outputs = new ArrayList<>();
  private final List<Pump> inputs = new ArrayList<>();

  Copies(CommandStreams client, SessionStreams process, Terminal terminal) {
    this.client = client;
    this.process = process;
    process.stdout().ifPresent(out -> outputs.add(Pump.output(out, sink(client.stdout()))));
    process.stderr().ifPresent(err -> outputs.add(Pump.output(err, sink(client.stderr()))));
    client.stdin().ifPresent(this::input);
    client
        .resize()
        .ifPresent(sizes ->
            Thread.ofVirtual()
                .name("jcri-session-size")
                .start(HeapGuard.expendable("a terminal's size", () -> follow(sizes, terminal))));
  }

  private static OutputStream sink(Optional<ClientStream> stream) {
    return stream.map(ClientStream::output).orElseGet(OutputStream::nullOutputStream);
  }

  private void input(ClientStream stdin) {
    if (process.stdin().isPresent()) {
      inputs.add(Pump.input(stdin.input(), process.stdin().get(), stdin::ignoreInput));
    } else {
      stdin.ignoreInput(); // a container without stdin
    }
  }

  /** One that can't be set, as while the process ends, does not keep from the next. */
  private static void follow(ClientStream stream, Terminal terminal) {
    WindowSizes sizes = new WindowSizes(stream.input());
    try {
      for (var next = sizes.next(); next.isPresent(); next = sizes.next()) {
        resize(terminal, next.get());
      }
    } catch (IOException e) {
      log.debug("window sizes are not followed any more: {}", e.getMessage());
      stream.ignoreInput();
    }
  }

  private static void resize(Terminal terminal, WindowSizes.Size size) {
    try {
      terminal.resize(size.columns(), size.rows());
    } catch (IOException | RuntimeException e) {
      log.debug("a terminal could not be resized: {}", e.getMessage());
    }
  }

  /** Waits until all output has been given to the client. */
  void awaitOutput() throws InterruptedException {
    for (Pump pump : outputs) {
      pump.join();
    }
  }

  /**
   * Ends the session on the process's side; no thread and no descriptor of it is left. The control
   * connection first: only then do reads of a silent process end.
   */
  @Override
  public void close() throws IOException {
    process.hangUp();
    client.stdin().ifPresent(ClientStream::ignoreInput);
    client.resize().ifPresent(ClientStream::ignoreInput);
    try {
      awaitOutput();
      if (process.stdin().isPresent()) {
        process.stdin().get().close();
      }
      for (Pump pump : inputs) {
        pump.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      process.close();
    }
  }
}
