package io.jcri.daemon.pull;

import io.jcri.oci.image.DirectFetcher;
import io.jcri.sandbox.linux.Reasons;
import io.jcri.sandbox.linux.SocketPath;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes the daemon's calls, each on a connection of its own, for as long as the worker lives. */
final class WorkerCalls implements Runnable {

  private static final Logger log = LoggerFactory.getLogger(WorkerCalls.class);

  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final Path socket;
  private final DirectFetcher fetcher;

  /**
   * @param socket where the daemon listens
   */
  WorkerCalls(Path socket, DirectFetcher fetcher) {
    this.socket = socket;
    this.fetcher = fetcher;
  }

  /** Always has one connection for a call to come; the daemon would wait for it for ever. */
  @Override
  public void run() {
    try {
      while (true) {
        try {
          takeCall();
        } catch (IOException e) {
          log.warn("cannot take a call: {}", Reasons.of(e));
          Thread.sleep(PAUSE);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void takeCall() throws IOException {
    SocketChannel channel;
    try (SocketPath name = SocketPath.of(socket)) {
      channel = SocketChannel.open(UnixDomainSocketAddress.of(name.path()));
    }
    boolean taken = false;
    try {
      WorkerWire wire = new WorkerWire(channel);
      WorkerWire.Message request = wire.read();
      if (request != null && request.body() instanceof WorkerMessages.Request wanted) {
        Thread.ofPlatform().daemon().name("call").start(() -> serve(wire, wanted));
        taken = true;
      }
    } finally {
      if (!taken) {
        channel.close();
      }
    }
  }

  /** Hangs up when nothing works for the call any more. */
  private void serve(WorkerWire wire, WorkerMessages.Request request) {
    try (wire) {
      WorkerTask task = new WorkerTask(request);
      WorkerCall call = new WorkerCall(wire, task::cancel);
      call.tell(new WorkerMessages.Taken());
      Thread reading = Thread.ofPlatform().daemon().name("call answers").start(call::read);
      Thread working =
          Thread.ofPlatform().daemon().name("fetch").start(() -> task.run(call, fetcher));
      call.write();
      join(working);
      join(reading);
    } catch (IOException e) {
      log.debug("hanging up: {}", Reasons.of(e));
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
