package io.jcri.daemon.pull;

import io.jcri.daemon.config.DaemonConfig;
import io.jcri.daemon.core.Layout;
import io.jcri.daemon.system.NativeBinaries;
import io.jcri.sandbox.cgroup.Cgroups;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The worker for the configuration of the day. One that was started with other settings ends with
 * the last pull that it is at. Thread-safe.
 */
final class Workers implements Supplier<WorkerProcess> {
  private static final Logger log = LoggerFactory.getLogger(Workers.class);

  private final Supplier<DaemonConfig> config;
  private final Layout layout;
  private final NativeBinaries binaries;
  private final Cgroups cgroups;

  // Guarded by this.
  private Wanted wanted;
  private WorkerProcess worker;
  private int number;
  private final List<WorkerProcess> retired = new ArrayList<>();

  /** What a worker is started with, but for its socket. */
  private record Wanted(WorkerMessages.Settings settings, DaemonConfig.PullWorker process) {}

  Workers(Supplier<DaemonConfig> config, Layout layout, NativeBinaries binaries, Cgroups cgroups) {
    this.config = config;
    this.layout = layout;
    this.binaries = binaries;
    this.cgroups = cgroups;
    this.wanted = wanted(layout.pullSocket());
    this.worker = worker(wanted, true);
  }

  @Override
  public synchronized WorkerProcess get() {
    Wanted now = wanted(wanted.settings.socket());
    if (!now.equals(wanted)) {
      log.debug("pulls are another worker's from now on: its settings have changed");
      worker.retire();
      retired.add(worker);
      number++;
      // The last one may be at work: it keeps its socket.
      wanted = wanted(layout.pullSocket().resolveSibling("pulls-" + number + ".sock"));
      worker = worker(wanted, false);
    }
    return worker;
  }

  /** The ids of all that run. */
  synchronized List<Long> processes() {
    retired.removeIf(one -> one.pid().isEmpty());
    return Stream.concat(retired.stream(), Stream.of(worker))
        .flatMap(one -> one.pid().stream().boxed())
        .toList();
  }

  private WorkerProcess worker(Wanted of, boolean first) {
    WorkerCommand command =
        new WorkerCommand(binaries, of.settings, new WorkerCgroup(cgroups, of.process));
    return new WorkerProcess(of.settings, command, of.process.idle(), first);
  }

  private Wanted wanted(Path socket) {
    DaemonConfig now = config.get();
    DaemonConfig.Images images = now.images();
    return new Wanted(
        new WorkerMessages.Settings(
            WorkerMessages.VERSION,
            layout.images(),
            socket,
            now.logLevel(),
            now.logFormat(),
            images.registryDirectories(),
            images.registriesConf(),
            images.registryAuth(),
            images.parallelLayers(),
            images.noProgressTimeout(),
            images.leastRate(),
            images.strictPlatform(),
            images.trust().signaturePolicy(),
            images.trust().signaturePlaces()),
        images.worker());
  }
}
