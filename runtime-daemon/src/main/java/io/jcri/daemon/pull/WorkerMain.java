package io.jcri.daemon.pull;

import io.jcri.daemon.system.Logging;
import io.jcri.daemon.system.Umask;
import io.jcri.oci.Json;
import io.jcri.oci.distribution.HostsConfig;
import io.jcri.oci.distribution.NodeCredentials;
import io.jcri.oci.distribution.Patience;
import io.jcri.oci.distribution.RegistriesConf;
import io.jcri.oci.distribution.RegistryClient;
import io.jcri.oci.image.DirectFetcher;
import io.jcri.oci.signature.SignatureCheck;
import io.jcri.sandbox.linux.Linux;
import io.jcri.sandbox.linux.Reasons;
import io.jcri.sandbox.linux.SocketPath;
import io.jcri.sandbox.mount.Mounts;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code jcri pull-worker}: started by the daemon only, which writes its settings into it. */
public final class WorkerMain {

  private static final Logger log = LoggerFactory.getLogger(WorkerMain.class);

  private static final int MAX_SETTINGS = 1 << 20;

  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final WorkerMessages.Settings settings;
  private final DirectFetcher fetcher;

  private WorkerMain(WorkerMessages.Settings settings) {
    this.settings = settings;
    Optional<RegistriesConf> registries = settings.registriesConf().map(RegistriesConf::new);
    this.fetcher =
        new DirectFetcher(
            settings.root(),
            new DirectFetcher.Options(
                settings.parallelLayers(),
                settings.strictPlatform(),
                settings
                    .signaturePolicy()
                    .map(policy -> new SignatureCheck(policy, settings.signaturePlaces()))),
            () ->
                new RegistryClient(
                    new HostsConfig(settings.registryDirectories()),
                    registries,
                    settings.registryAuth().map(NodeCredentials::new),
                    new Patience(settings.noProgressTimeout(), settings.leastRate())),
            Linux.get(),
            new Mounts(Linux.get()));
  }

  /**
   * Works until the daemon closes the standard input.
   *
   * @return the exit status
   */
  public static int run() {
    Umask.set(Linux.get());
    try {
      WorkerMessages.Settings settings = settings(System.in);
      if (settings == null || settings.version() != WorkerMessages.VERSION) {
        System.err.println("jcri pull-worker: only the daemon of the same version can start it");
        return 2;
      }
      Logging.start(settings.logLevel());
      WorkerMain worker = new WorkerMain(settings);
      Thread.ofPlatform().daemon().name("next call").start(worker::takeCalls);
      while (System.in.read() >= 0) {
        // nothing more is said there
      }
      return 0;
    } catch (IOException | RuntimeException e) {
      System.err.println("jcri pull-worker: " + Reasons.of(e));
      return 1;
    }
  }

  private static WorkerMessages.@Nullable Settings settings(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0 || line.size() == MAX_SETTINGS) {
        return null;
      }
      line.write(next);
    }
    return Json.parse(line.toByteArray(), WorkerMessages.Settings.class);
  }

  /** Always has one connection for a call to come; the daemon would wait for it for ever. */
  private void takeCalls() {
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
    try (SocketPath name = SocketPath.of(settings.socket())) {
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
