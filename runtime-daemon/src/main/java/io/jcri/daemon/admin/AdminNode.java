package io.jcri.daemon.admin;

import io.jcri.daemon.config.DaemonConfig;
import io.jcri.daemon.container.Container;
import io.jcri.daemon.container.Containers;
import io.jcri.daemon.container.ImageUsers;
import io.jcri.daemon.core.Layout;
import io.jcri.daemon.events.Events;
import io.jcri.daemon.image.Images;
import io.jcri.daemon.pod.CgroupPaths;
import io.jcri.daemon.pod.PodNetworks;
import io.jcri.daemon.pod.Pods;
import io.jcri.daemon.record.Registry;
import io.jcri.daemon.runtime.Handlers;
import io.jcri.daemon.streaming.StreamingServer;
import io.jcri.sandbox.cgroup.Cgroups;
import java.util.List;

/** What of the daemon its operator may ask for. */
public record AdminNode(
    DaemonConfig config,
    Layout layout,
    Handlers handlers,
    Cgroups cgroups,
    CgroupPaths cgroupPaths,
    PodNetworks networks,
    Images images,
    Pods pods,
    Containers containers,
    Registry<Container> registry,
    Events events,
    StreamingServer streaming,
    Leftovers leftovers,
    ConfigControl control) {
  /** Collects what pods have left that nobody knows any more. */
  @FunctionalInterface
  public interface Leftovers {
    /**
     * Ends what no record tells of, and gives back the addresses of pods that are gone.
     *
     * @param dry only tells what would be ended
     */
    List<NodeMessages.Removed> collect(boolean dry);
  }

  ImageUsers users() {
    return new ImageUsers(registry);
  }
}
