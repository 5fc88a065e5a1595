package io.jcri.daemon.nri;

import io.jcri.daemon.container.Container;
import io.jcri.daemon.container.ContainerHooks;
import io.jcri.daemon.pod.Pod;
import io.jcri.nri.v1alpha1.NriApi.ContainerEviction;
import io.jcri.nri.v1alpha1.NriApi.ContainerUpdate;
import io.jcri.nri.v1alpha1.NriApi.Event;
import io.jcri.oci.spec.ContainerSpec;
import java.util.List;

/**
 * One creation or start. What plugins want of other containers is done at its end, once another
 * plugin may join again: whoever holds up a joining plugin must wait for no container.
 */
final class NriStep implements ContainerHooks.Step {
  private final Nri nri;
  private List<ContainerUpdate> updates = List.of();
  private List<ContainerEviction> evictions = List.of();
  private boolean created;

  NriStep(Nri nri) {
    this.nri = nri;
  }

  void after(Creation creation) {
    updates = creation.updates();
    evictions = creation.evictions();
  }

  @Override
  public ContainerSpec create(Pod pod, Container container, ContainerSpec spec) {
    return nri.create(pod, container, spec, this);
  }

  @Override
  public void created(Container container) {
    created = true;
    nri.tell(Event.POST_CREATE_CONTAINER, container, false);
  }

  @Override
  public void start(Container container) {
    nri.tell(Event.START_CONTAINER, container, true);
  }

  @Override
  public void started(Container container) {
    nri.tell(Event.POST_START_CONTAINER, container, false);
  }

  @Override
  public void close() {
    nri.plugins().leaveStep();
    if (created && !(updates.isEmpty() && evictions.isEmpty())) {
      nri.changes().evict(evictions, "plugins");
      List<ContainerUpdate> _ = nri.changes().update(updates, "plugins");
    }
  }
}
