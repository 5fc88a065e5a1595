package io.jcri.daemon.pull;

import io.jcri.daemon.log.LogFormat;
import io.jcri.daemon.system.IdleHeap;
import io.jcri.daemon.system.Logging;
import io.jcri.daemon.system.Umask;
import io.jcri.oci.Json;
import io.jcri.oci.distribution.Patience;
import io.jcri.oci.distribution.RegistryClient;
import io.jcri.oci.distribution.config.HostsConfig;
import io.jcri.oci.distribution.config.RegistriesConf;
import io.jcri.oci.distribution.credentials.NodeCredentials;
import io.jcri.oci.image.DirectFetcher;
import io.jcri.oci.signature.SignatureCheck;
import io.jcri.sandbox.linux.Linux;
import io.jcri.sandbox.linux.Reasons;
import io.jcri.sandbox.mount.Mounts;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * {@code jcri pull-worker}: started by the daemon only, which writes its settings into it. Has no
 * log of its own, so that system calls get ready before that and beside it.
 */
public final class WorkerMain {

  private static final int MAX_SETTINGS = 1 << 20;

  private WorkerMain() {}

  private static DirectFetcher fetcher(WorkerMessages.Settings settings) {
    Optional<RegistriesConf> registries = settings.registriesConf().map(RegistriesConf::new);
    return new DirectFetcher(
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
    // System calls take a tenth of a second to get ready; JSON and the log need as much meanwhile.
    FutureTask<?> umask = new FutureTask<>(() -> Umask.set(Linux.get()), null);
    Thread.ofPlatform().daemon().name("umask").start(umask);
    try {
      WorkerMessages.Settings settings = settings(System.in);
      if (settings == null || settings.version() != WorkerMessages.VERSION) {
        System.err.println("jcri pull-worker: only the daemon of the same version can start it");
        return 2;
      }
      Logging.start(settings.logLevel(), LogFormat.of(settings.logFormat()));
      umask.get();
      IdleHeap.watch(); // pulls that come all the time would keep it, and its garbage, for good
      Thread.ofPlatform()
          .daemon()
          .name("next call")
          .start(new WorkerCalls(settings.socket(), fetcher(settings)));
      while (System.in.read() >= 0) {
        // nothing more is said there
      }
      return 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 1;
    } catch (ExecutionException | IOException | RuntimeException e) {
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
}
