package io.jcri.it.streaming;

import io.jcri.cri.v1.AttachRequest;
import io.jcri.cri.v1.ExecRequest;
import io.jcri.cri.v1.PortForwardRequest;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.util.List;

/** Asks a node for the URLs of sessions. */
public final class Urls {
  private Urls() {}

  public static ExecRequest.Builder exec(TestContainer container, String... command) {
    return ExecRequest.newBuilder()
        .setContainerId(container.id())
        .addAllCmd(List.of(command))
        .setStdout(true)
        .setStderr(true);
  }

  public static AttachRequest.Builder attach(TestContainer container) {
    return AttachRequest.newBuilder()
        .setContainerId(container.id())
        .setStdin(true)
        .setStdout(true)
        .setStderr(true);
  }

  public static String of(TestNode node, ExecRequest.Builder request) {
    return node.cri().runtime().exec(request.build()).getUrl();
  }

  public static String of(TestNode node, AttachRequest.Builder request) {
    return node.cri().runtime().attach(request.build()).getUrl();
  }

  public static String portForward(TestNode node, TestPod pod, Integer... ports) {
    return node.cri()
        .runtime()
        .portForward(
            PortForwardRequest.newBuilder()
                .setPodSandboxId(pod.id())
                .addAllPort(List.of(ports))
                .build())
        .getUrl();
  }
}
