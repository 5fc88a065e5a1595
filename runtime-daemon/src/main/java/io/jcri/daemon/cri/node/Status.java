package io.jcri.daemon.cri.node;

import io.jcri.cni.NetworkStatus;
import io.jcri.cri.v1.RuntimeCondition;
import io.jcri.cri.v1.RuntimeFeatures;
import io.jcri.cri.v1.RuntimeHandler;
import io.jcri.cri.v1.RuntimeHandlerFeatures;
import io.jcri.cri.v1.RuntimeStatus;
import io.jcri.cri.v1.StatusRequest;
import io.jcri.cri.v1.StatusResponse;
import io.jcri.daemon.cri.call.Call;
import io.jcri.daemon.cri.message.VerboseInfo;
import io.jcri.daemon.pod.PodNetworks;
import io.jcri.daemon.runtime.Handler;
import io.jcri.daemon.runtime.Handlers;

/**
 * {@code Status}: the conditions RuntimeReady and NetworkReady, and what each handler can do. The
 * default handler is told twice, once with the empty name, as the kubelet expects.
 */
final class Status implements Call<StatusRequest, StatusResponse> {
  private final PodNetworks networks;
  private final Handlers handlers;
  private final VerboseInfo info;

  Status(PodNetworks networks, Handlers handlers, VerboseInfo info) {
    this.networks = networks;
    this.handlers = handlers;
    this.info = info;
  }

  @Override
  public StatusResponse handle(StatusRequest request) {
    NetworkStatus network = networks.status();
    StatusResponse.Builder reply =
        StatusResponse.newBuilder()
            .setStatus(
                RuntimeStatus.newBuilder()
                    .addConditions(runtimeReady())
                    .addConditions(
                        RuntimeCondition.newBuilder()
                            .setType("NetworkReady")
                            .setStatus(network.ready())
                            .setReason(network.reason())
                            .setMessage(network.message())))
            .setFeatures(
                RuntimeFeatures.newBuilder()
                    .setSupplementalGroupsPolicy(true)
                    .setUserNamespacesHostNetwork(true)
                    .setMountOptions(true));
    reply.addRuntimeHandlers(handler("", handlers.defaultHandler()));
    handlers.all().forEach((name, handler) -> reply.addRuntimeHandlers(handler(name, handler)));
    if (request.getVerbose()) {
      reply.putAllInfo(info.ofDaemon(network.ready(), handlers));
    }
    return reply.build();
  }

  private RuntimeCondition runtimeReady() {
    RuntimeCondition.Builder condition = RuntimeCondition.newBuilder().setType("RuntimeReady");
    handlers
        .defaultHandler()
        .problem()
        .ifPresentOrElse(
            problem -> condition.setStatus(false).setReason("RuntimeMissing").setMessage(problem),
            () -> condition.setStatus(true));
    return condition.build();
  }

  private static RuntimeHandler handler(String name, Handler handler) {
    return RuntimeHandler.newBuilder()
        .setName(name)
        .setFeatures(
            RuntimeHandlerFeatures.newBuilder()
                .setRecursiveReadOnlyMounts(handler.recursiveReadOnlyMounts())
                .setUserNamespaces(handler.userNamespaces()))
        .build();
  }
}
