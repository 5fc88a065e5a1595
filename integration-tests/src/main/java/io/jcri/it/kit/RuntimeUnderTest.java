package io.jcri.it.kit;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** A running CRI runtime that belongs to a test: ours, or another one to hold ours against. */
public sealed interface RuntimeUnderTest extends AutoCloseable
    permits DaemonUnderTest, ContainerdUnderTest {

  /**
   * What a runtime is started with.
   *
   * @param scratch for all that it keeps
   * @param registries in the form of {@code certs.d}
   * @param networks CNI configurations
   * @param handlers by name, beside or instead of the usual ones
   */
  record Settings(
      Scratch scratch, Path registries, Path networks, Map<String, HandlerUnderTest> handlers) {
    public Settings {
      handlers = Map.copyOf(handlers);
    }

    /** With the machine's own OCI runtimes. */
    public Settings(Scratch scratch, Path registries, Path networks) {
      this(scratch, registries, networks, Map.of());
    }
  }

  /** The CRI socket, which serves as long as the runtime runs. */
  Path socket();

  /** A client of its own for the caller, who closes it. */
  default CriClient client() {
    return new CriClient(socket());
  }

  /** The process that serves the socket. */
  ProcessHandle process();

  /** Kills it with SIGKILL. Its pods go on. */
  void kill() throws IOException;

  /** Starts it again after {@link #kill}, and waits until it serves. */
  void start() throws IOException;

  /** What the runtime has said so far. */
  Path log();

  /** Removes every pod and ends the runtime. */
  @Override
  void close() throws IOException;
}
