package io.jcri.daemon.pull;

import io.jcri.daemon.core.Meter;
import io.jcri.daemon.system.Folders;
import io.jcri.oci.Json;
import io.jcri.oci.OciException;
import io.jcri.oci.OciException.Kind;
import io.jcri.sandbox.linux.Reasons;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The worker's process: there while somebody needs it, and some time longer. It ends with the
 * daemon, whose end of its standard input is the last there is. Thread-safe.
 */
final class WorkerProcess {

  private static final Logger log = LoggerFactory.getLogger(WorkerProcess.class);

  /** Where the launcher has the worker's temporary files go: it can write to the store only. */
  private static final String TEMPORARY = "JCRI_WORKER_TMP";

  /** How often it is looked whether one that is waited for has ended. */
  private static final long LOOK_MS = 100;

  /** How many connections in waiting may turn out to be those of a worker that has died. */
  private static final int MOST_STALE = 8;

  private final WorkerMessages.Settings settings;
  private final WorkerCommand command;
  private final Duration idle;
  private final boolean first;
  private final WorkerConnections connections;

  /** Guards what follows. */
  private final ReentrantLock lock = new ReentrantLock();

  private @Nullable Process process;
  private int users;
  private long uses;
  private boolean retired;

  /**
   * Starts nothing yet.
   *
   * @param idle how long it stays without work
   * @param first whether there is none before it, which may be at work still
   */
  WorkerProcess(
      WorkerMessages.Settings settings, WorkerCommand command, Duration idle, boolean first) {
    this.settings = settings;
    this.connections = new WorkerConnections(settings.socket());
    this.command = command;
    this.idle = idle;
    this.first = first;
  }

  /** A connection on which the worker has taken a request. Closed by one thread. */
  final class Connection implements AutoCloseable {
    private final WorkerWire wire;
    private final Process of;

    private Connection(WorkerWire wire, Process of) {
      this.wire = wire;
      this.of = of;
    }

    WorkerWire wire() {
      return wire;
    }

    /** Ends the whole process, with all that it is at; for one that does not stop. */
    void kill() {
      of.destroyForcibly();
    }

    /** Why it ended without a word. */
    WorkerLostException lost() {
      try {
        if (of.waitFor(LOOK_MS, TimeUnit.MILLISECONDS)) {
          return ended(of);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return new WorkerLostException("the pull worker has hung up; try again");
    }

    @Override
    public void close() {
      WorkerConnections.closeQuietly(wire);
      leave();
    }
  }

  /**
   * Hands a request to a worker, which is started when there is none. The thread must not be
   * interrupted: that would close the connection.
   *
   * @param cancelled is looked at while nobody has taken it
   * @throws OciException UNAVAILABLE when it does not start, CANCELLED
   */
  Connection request(WorkerMessages.Request request, BooleanSupplier cancelled) {
    enter();
    boolean done = false;
    try {
      for (int i = 0; i < MOST_STALE; i++) {
        Process running = running();
        WorkerWire wire = new WorkerWire(next(running, cancelled));
        if (takes(wire, request)) {
          done = true;
          return new Connection(wire, running);
        }
        WorkerConnections.closeQuietly(wire);
      }
      throw new WorkerLostException("the pull worker takes no request; try again");
    } catch (IOException e) {
      throw new WorkerLostException("the pull worker cannot be started: " + Reasons.of(e), e);
    } finally {
      if (!done) {
        leave();
      }
    }
  }

  private static boolean takes(WorkerWire wire, WorkerMessages.Request request) {
    try {
      wire.write(request);
      WorkerWire.Message answer = wire.read();
      return answer != null && answer.body() instanceof WorkerMessages.Taken;
    } catch (IOException e) {
      log.debug("a pull worker that has ended was asked: {}", Reasons.of(e));
      return false;
    }
  }

  /** Its id, while it runs. */
  OptionalLong pid() {
    lock.lock();
    try {
      Process there = process;
      return there != null && there.isAlive() ? OptionalLong.of(there.pid()) : OptionalLong.empty();
    } finally {
      lock.unlock();
    }
  }

  /** Ends the process, with all that it is at; for one that does not even take a request. */
  void kill() {
    lock.lock();
    try {
      if (process != null) {
        process.destroyForcibly();
      }
    } finally {
      lock.unlock();
    }
  }

  /** It ends with the last of those who use it, and without any at once. */
  void retire() {
    lock.lock();
    try {
      retired = true;
      if (users == 0) {
        endSoon();
      }
    } finally {
      lock.unlock();
    }
  }

  private Process running() throws IOException {
    lock.lock();
    try {
      Process there = process;
      if (there != null && there.isAlive()) {
        return there;
      }
      connections.listen();
      Process started = start();
      process = started;
      return started;
    } finally {
      lock.unlock();
    }
  }

  private Process start() throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command.words());
    builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().remove("NOTIFY_SOCKET");
    builder.environment().put(TEMPORARY, emptyTemporary().toString());
    Process started = builder.start();
    log.debug("the pull worker is process {}", started.pid());
    Meter.now().pullWorkerStarted();
    makeExpendable(started);
    try {
      byte[] line = Json.toBytes(settings);
      started.getOutputStream().write(line);
      started.getOutputStream().write('\n');
      started.getOutputStream().flush();
    } catch (IOException e) {
      started.destroyForcibly();
      throw new IOException(message(started), e);
    }
    return started;
  }

  /** A daemon that the kernel spares when memory is short gives that on to what it starts. */
  private static void makeExpendable(Process started) {
    try {
      Files.writeString(Path.of("/proc/" + started.pid() + "/oom_score_adj"), "0");
    } catch (IOException e) {
      log.debug("the pull worker is as dear to the kernel as the daemon: {}", Reasons.of(e));
    }
  }

  /** What libraries of the worker's write; one that died has left it. */
  private Path emptyTemporary() throws IOException {
    Path directory = settings.root().resolve("worker");
    Folders.own(directory, Folders.PRIVATE);
    if (!first) {
      return directory.toRealPath(); // what lies there may be in use
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        delete(file);
      }
    }
    return directory.toRealPath();
  }

  /** What cannot be deleted is in nobody's way. */
  private static void delete(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      log.warn("a pull worker's {} stays: {}", file, Reasons.of(e));
    }
  }

  private SocketChannel next(Process running, BooleanSupplier cancelled) {
    try {
      while (!cancelled.getAsBoolean()) {
        SocketChannel next = connections.poll(LOOK_MS);
        if (next != null) {
          return next;
        }
        if (!running.isAlive()) {
          throw ended(running);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new OciException(Kind.CANCELLED, "the pull was given up before a worker took it");
  }

  private static WorkerLostException ended(Process process) {
    return new WorkerLostException(message(process) + "; try again");
  }

  private static String message(Process process) {
    return process.isAlive()
        ? "the pull worker does not listen"
        : "the pull worker has ended with status " + process.exitValue();
  }

  private void enter() {
    lock.lock();
    try {
      users++;
      uses++;
    } finally {
      lock.unlock();
    }
  }

  private void leave() {
    lock.lock();
    try {
      users--;
      if (users == 0) {
        endSoon();
      }
    } finally {
      lock.unlock();
    }
  }

  private void endSoon() {
    long now = uses;
    Duration pause = retired ? Duration.ZERO : idle;
    Thread.ofVirtual().name("idle pull worker").start(() -> endIfUnused(now, pause));
  }

  private void endIfUnused(long since, Duration pause) {
    try {
      Thread.sleep(pause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    Process over;
    lock.lock();
    try {
      if (uses != since) {
        return;
      }
      if (retired) {
        connections.stopListening(); // who has it still makes it listen again
      }
      if (process == null) {
        return;
      }
      over = process;
      process = null;
    } finally {
      lock.unlock();
    }
    try {
      over.getOutputStream().close();
    } catch (IOException e) {
      log.debug("the pull worker has ended before it was told to: {}", Reasons.of(e));
    }
    connections.drop();
  }
}
