package io.jcri.daemon.cri.pod;

import static io.jcri.daemon.core.JcriException.precondition;

import io.jcri.cri.v1.RunPodSandboxRequest;
import io.jcri.cri.v1.RunPodSandboxResponse;
import io.jcri.daemon.cri.call.Call;
import io.jcri.daemon.pod.PodConfig;
import io.jcri.daemon.pod.Pods;
import io.jcri.daemon.runtime.Handler;
import io.jcri.daemon.runtime.Handlers;
import java.util.Optional;

/**
 * {@code RunPodSandbox}: creates and starts a pod-level sandbox; the sandbox is ready when this
 * returns. A call repeated while the first is at work gets the first one's result.
 */
final class RunPodSandbox implements Call<RunPodSandboxRequest, RunPodSandboxResponse> {
  private final Handlers handlers;
  private final Pods pods;

  RunPodSandbox(Handlers handlers, Pods pods) {
    this.handlers = handlers;
    this.pods = pods;
  }

  @Override
  public RunPodSandboxResponse handle(RunPodSandboxRequest request) {
    PodConfig config = new PodConfigs(handlers.defaultName(), handlers.names()).read(request);
    checkHandler(config);
    return RunPodSandboxResponse.newBuilder().setPodSandboxId(pods.run(config)).build();
  }

  /** A pod whose containers could never start is better not made. */
  private void checkHandler(PodConfig config) {
    Handler handler = handlers.require(config.handler());
    Optional<String> problem = handler.problem();
    if (problem.isPresent()) {
      throw precondition(problem.get());
    }
    if (config.namespaces().user().isPresent() && !handler.userNamespaces()) {
      throw precondition(
          "runtime handler "
              + config.handler()
              + " can't run pods with a user namespace: "
              + whyNoUserNamespace(handler));
    }
  }

  private static String whyNoUserNamespace(Handler handler) {
    return switch (handler.sandbox()) {
      case PAUSE -> "its OCI runtime has no id-mapped mounts";
      case CONTAINER -> "its pods have a sandbox container";
      case SHIM -> "the sandbox of its pods is their shim's";
    };
  }
}
