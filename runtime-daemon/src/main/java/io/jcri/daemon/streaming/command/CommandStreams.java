package io.jcri.daemon.streaming.command;

import io.jcri.daemon.streaming.link.ClientConnection;
import io.jcri.daemon.streaming.link.ClientStream;
import io.jcri.daemon.streaming.request.StreamRequest.CommandStreamsWanted;
import io.netty.channel.ChannelFuture;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The client's side of an exec or attach session, whatever carries it.
 *
 * @param error where the end is told
 * @param resize window sizes; empty without a terminal, or when the protocol has none
 * @param json whether the end is told in JSON
 * @param goodbye the last message of the connection
 */
public record CommandStreams(
    ClientConnection connection,
    Optional<ClientStream> stdin,
    Optional<ClientStream> stdout,
    Optional<ClientStream> stderr,
    ClientStream error,
    Optional<ClientStream> resize,
    boolean json,
    Supplier<ChannelFuture> goodbye) {
  private static final Logger log = LoggerFactory.getLogger(CommandStreams.class);

  /** What a client sends where it should only listen would wait for a reader for ever. */
  public CommandStreams {
    stdout.ifPresent(ClientStream::ignoreInput);
    stderr.ifPresent(ClientStream::ignoreInput);
    error.ignoreInput();
  }

  /** Where the session is run once the streams are there. */
  @FunctionalInterface
  public interface Session {
    void run(CommandStreams streams);
  }

  /** Which streams a client must open: stderr is none of a terminal's. */
  static boolean wantsStderr(CommandStreamsWanted wanted) {
    return wanted.stderr() && !wanted.tty();
  }

  /** Tells how it ended, after all output, and says goodbye. A client that is gone is no error. */
  void end(StatusMessage status) {
    try {
      closeOutput(stdout);
      closeOutput(stderr);
      try (OutputStream out = error.output()) {
        out.write(status.encode(json));
      }
    } catch (IOException e) {
      log.debug("the end of a session could not be told: {}", e.getMessage());
    } finally {
      connection.finish(goodbye);
    }
  }

  private static void closeOutput(Optional<ClientStream> stream) throws IOException {
    if (stream.isPresent()) {
      stream.get().output().close();
    }
  }
}
