package io.jcri.daemon.container;

import io.jcri.daemon.core.Failures;
import io.jcri.daemon.core.Faults;
import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.core.KeyedLocks;
import io.jcri.daemon.core.Layout;
import io.jcri.daemon.life.ContainerPhase;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.pod.Pods;
import io.jcri.daemon.record.Registry;
import io.jcri.oci.runtime.CgroupSupport;
import io.jcri.oci.spec.LinuxResources;
import io.jcri.oci.spec.SpecUpdate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes the limits of containers: config.json (what a later start takes, and what verbose status
 * shows), the kernel when the container runs, and the record, in this order. All of it happens or
 * nothing does.
 *
 * <p>Thread-safe. A change holds the container's lock.
 */
public final class ContainerUpdates {
  private static final Logger log = LoggerFactory.getLogger(ContainerUpdates.class);

  private final Registry<Container> containers;
  private final Pods pods;
  private final CgroupSupport support;
  private final LiveLimits live;
  private final Layout layout;
  private final KeyedLocks locks;

  /**
   * With what limits are changed.
   *
   * @param locks shared with {@link ContainerRun}: a container neither starts nor ends meanwhile
   */
  public ContainerUpdates(
      Registry<Container> containers,
      Pods pods,
      CgroupSupport support,
      LiveLimits live,
      Layout layout,
      KeyedLocks locks) {
    this.containers = containers;
    this.pods = pods;
    this.support = support;
    this.live = live;
    this.layout = layout;
    this.locks = locks;
  }

  /**
   * Changes the limits of a container that was created or runs.
   *
   * @throws JcriException FAILED_PRECONDITION in another state; otherwise the refusal of the check,
   *     the OCI runtime or the kernel, and all is as it was
   */
  public void update(String id, ResourceChange change) {
    try (KeyedLocks.Held _ = locks.hold(id)) {
      Container now = containers.require(id);
      if (now.phase() != ContainerPhase.CREATED && !now.running()) {
        throw JcriException.precondition(
            "container %s is %s and its resources can't be changed".formatted(id, now.phase()));
      }
      LinuxResources asked = change.appliedTo(now.config().resources());
      Pod pod = pods.require(now.podId());
      live.check(pod, asked);
      LinuxResources fitted = support.fit(asked);
      Optional<Integer> oomScoreAdj = change.oomScoreAdj().map(OomScore::clamp);
      Path file = layout.bundle(id).resolve("config.json");
      byte[] before = Files.readAllBytes(file);
      LinuxResources told = change.told(fitted);
      try {
        replace(file, SpecUpdate.apply(before, told, oomScoreAdj, change.annotations()));
        LiveLimits.Undo undo =
            now.running()
                ? live.apply(pod, now, told, fitted.unified(), oomScoreAdj)
                : LiveLimits.Undo.NOTHING;
        record(id, asked, change.oomScoreAdj(), oomScoreAdj, undo);
      } catch (IOException | RuntimeException e) {
        restore(file, before, e);
        throw e;
      }
    } catch (IOException e) {
      throw Failures.unchecked(e, "update of container " + id);
    }
  }

  /**
   * The kernel's part is taken back here, when the record can't be written.
   *
   * @param oomScoreAdj what was asked for
   * @param clamped what can be had
   */
  private void record(
      String id,
      LinuxResources asked,
      Optional<Integer> oomScoreAdj,
      Optional<Integer> clamped,
      LiveLimits.Undo undo) {
    try {
      containers.update(
          id,
          c -> {
            Container changed = c.withConfig(c.config().withResources(asked, oomScoreAdj));
            return clamped.isEmpty()
                ? changed
                : changed.withProcess(
                    c.process().map(p -> p.toBuilder().oomScoreAdj(clamped.get()).build()));
          });
    } catch (RuntimeException e) {
      undo.run(e);
      throw e;
    }
  }

  private static void restore(Path file, byte[] before, Exception why) {
    try {
      replace(file, before);
    } catch (IOException e) {
      why.addSuppressed(e);
      Faults.error(log, file + " could not be restored", e);
    }
  }

  /** A reader sees the one or the other, whole. */
  private static void replace(Path file, byte[] content) throws IOException {
    Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
    try {
      Files.write(temporary, content);
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      Files.deleteIfExists(temporary);
      throw e;
    }
  }
}
