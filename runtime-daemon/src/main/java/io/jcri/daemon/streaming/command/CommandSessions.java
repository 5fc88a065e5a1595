package io.jcri.daemon.streaming.command;

import io.jcri.daemon.container.Containers;
import io.jcri.daemon.streaming.link.ClientConnection;
import io.jcri.daemon.streaming.request.StreamRequest;
import io.jcri.daemon.streaming.request.StreamRequest.Attach;
import io.jcri.daemon.streaming.request.StreamRequest.Exec;
import io.jcri.shim.AttachStreams;
import io.jcri.shim.ExecStreams;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Exec and attach sessions, from the moment the client's streams are there to the status that tells
 * the end. A client that leaves hangs up: an exec's process then reads the end of its input and can
 * write no more, an attached container goes on untouched.
 *
 * <p>Thread-safe; a session runs on its caller's thread.
 */
public final class CommandSessions {
  private static final Logger log = LoggerFactory.getLogger(CommandSessions.class);

  private final Containers containers;

  public CommandSessions(Containers containers) {
    this.containers = containers;
  }

  /** Runs an exec to its end. */
  public void run(Exec request, CommandStreams client) {
    client.end(tell("error executing command in container: ", () -> exec(request, client)));
  }

  /** Keeps a client attached until the container's streams end, or the client leaves. */
  public void run(Attach request, CommandStreams client) {
    client.end(tell("error attaching to container: ", () -> attach(request, client)));
  }

  private interface Session {
    StatusMessage run() throws IOException, InterruptedException;
  }

  private static StatusMessage tell(String what, Session session) {
    try {
      return session.run();
    } catch (IOException | RuntimeException e) {
      log.debug("{}{}", what, e.getMessage());
      return new StatusMessage.Failure(what + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new StatusMessage.Failure(what + "the daemon is stopping");
    }
  }

  private StatusMessage exec(Exec request, CommandStreams client)
      throws IOException, InterruptedException {
    StreamRequest.CommandStreamsWanted wanted = request.streams();
    String id = request.containerId();
    ExecStreams process = containers.exec(id, request.command(), wanted.tty(), wanted.stdin());
    Optional<String> session = Optional.of(process.id());
    try (Copies copies =
            new Copies(
                client, process, (columns, rows) -> containers.resize(id, session, columns, rows));
        ClientConnection.Leaving _ = client.connection().onGone(process::hangUp)) {
      copies.awaitOutput();
      return StatusMessage.exited(process.waitFor());
    } catch (IOException e) {
      throw containers.meaning(id, e);
    }
  }

  /** Output is asked for even when it is not wanted: its end is the container's. */
  private StatusMessage attach(Attach request, CommandStreams client)
      throws IOException, InterruptedException {
    StreamRequest.CommandStreamsWanted wanted = request.streams();
    String id = request.containerId();
    boolean stderr = CommandStreams.wantsStderr(wanted);
    AttachStreams container =
        containers.attach(id, wanted.stdin(), wanted.stdout() || !stderr, stderr);
    try (Copies copies =
            new Copies(
                client,
                container,
                (columns, rows) -> containers.resize(id, Optional.empty(), columns, rows));
        ClientConnection.Leaving _ = client.connection().onGone(container::hangUp)) {
      copies.awaitOutput();
      return new StatusMessage.Success();
    }
  }
}
