package io.jcri.daemon.cri.container;

import io.jcri.cri.v1.ContainerFilter;
import io.jcri.cri.v1.ListContainersRequest;
import io.jcri.cri.v1.ListContainersResponse;
import io.jcri.daemon.container.Container;
import io.jcri.daemon.container.Containers;
import io.jcri.daemon.cri.call.Call;
import io.jcri.daemon.cri.message.ContainerMessages;
import io.jcri.daemon.cri.message.Labels;
import java.util.Comparator;
import java.util.List;

/** {@code ListContainers}: those that match every part of the filter, newest first. */
public final class ListContainers implements Call<ListContainersRequest, ListContainersResponse> {
  private final Containers containers;

  public ListContainers(Containers containers) {
    this.containers = containers;
  }

  @Override
  public Kind kind() {
    return Kind.LIST;
  }

  @Override
  public ListContainersResponse handle(ListContainersRequest request) {
    ListContainersResponse.Builder reply = ListContainersResponse.newBuilder();
    select(containers, request.getFilter()).stream()
        .map(ContainerMessages::row)
        .forEach(reply::addContainers);
    return reply.build();
  }

  static List<Container> select(Containers containers, ContainerFilter filter) {
    return containers.list().stream()
        .filter(container -> matches(container, filter))
        .sorted(Comparator.comparingLong(Container::createdAt).reversed())
        .toList();
  }

  private static boolean matches(Container container, ContainerFilter filter) {
    return container.id().startsWith(filter.getId())
        && container.podId().startsWith(filter.getPodSandboxId())
        && (!filter.hasState()
            || filter.getState().getState() == ContainerMessages.state(container))
        && Labels.match(filter.getLabelSelectorMap(), container.config().labels());
  }
}
