package io.jcri.daemon.cri.pod;

import io.jcri.cri.v1.ListPodSandboxRequest;
import io.jcri.cri.v1.ListPodSandboxResponse;
import io.jcri.cri.v1.PodSandboxFilter;
import io.jcri.daemon.cri.call.Call;
import io.jcri.daemon.cri.message.Labels;
import io.jcri.daemon.cri.message.PodMessages;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.pod.Pods;
import java.util.Comparator;
import java.util.List;

/** {@code ListPodSandbox}: those that match every part of the filter, newest first. */
public final class ListPodSandbox implements Call<ListPodSandboxRequest, ListPodSandboxResponse> {
  private final Pods pods;

  public ListPodSandbox(Pods pods) {
    this.pods = pods;
  }

  @Override
  public Kind kind() {
    return Kind.LIST;
  }

  @Override
  public ListPodSandboxResponse handle(ListPodSandboxRequest request) {
    ListPodSandboxResponse.Builder reply = ListPodSandboxResponse.newBuilder();
    select(pods, request.getFilter()).stream().map(PodMessages::row).forEach(reply::addItems);
    return reply.build();
  }

  static List<Pod> select(Pods pods, PodSandboxFilter filter) {
    return pods.list().stream()
        .filter(pod -> matches(pod, filter))
        .sorted(Comparator.comparingLong(Pod::createdAt).reversed())
        .toList();
  }

  private static boolean matches(Pod pod, PodSandboxFilter filter) {
    return pod.id().startsWith(filter.getId())
        && (!filter.hasState() || filter.getState().getState() == PodMessages.state(pod))
        && Labels.match(filter.getLabelSelectorMap(), pod.config().labels());
  }
}
